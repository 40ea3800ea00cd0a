// Who works on the image that is open. A claim keeps two people off one image; it is renewed while
// the image is open, and ends by itself when the page does.

import { Refusal } from "../../shared/api.js";
import { make } from "../../shared/dom.js";
import { claimImage, releaseImage } from "./api.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { ReviewPage } from "#types/review" */

const RENEW_MS = 60_000;
const ASK_MS = 15_000;

export class Claims {
  /**
   * Why nothing may be painted or judged: somebody else has the image that is open.
   * @type {string | null}
   */
  freezes = null;
  /**
   * Resolves once the server has heard of what was given back; it never rejects.
   * @type {Promise<unknown>}
   */
  released = Promise.resolve();
  /** @type {number | null} */
  #image = null;
  #mine = false;
  #timer = 0;
  /**
   * An image that the server has claimed for who works here, and which is to be opened.
   * @type {number | null}
   */
  #reserved = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.sign = make("button", { className: "holder", hidden: true, onclick: () => this.takeOver() });
    this.slots = { top: [this.sign] };
    window.addEventListener("pagehide", () => {
      this.#release();
      this.cancelReservation();
    });
    // Back from the browser's memory, or from a laptop's sleep: others may have come meanwhile.
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#renew());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#renew());
  }

  /** @param {ReviewDocument} document */
  show({ record }) {
    this.#image = record.id;
    this.#free();
    if (this.#reserved === record.id) {
      this.#reserved = null;
      this.#mine = true;
      this.#renewIn(RENEW_MS);
    } else {
      this.cancelReservation();
      this.#renew();
    }
  }

  /**
   * The server has claimed an image for who works here: it is about to be opened.
   * @param {number} image
   */
  reserve(image) {
    if (image === this.#reserved) return;
    this.cancelReservation();
    this.#reserved = image;
  }

  /** Another image is opened, or none: let others have the one that was claimed for it. */
  cancelReservation() {
    const image = this.#reserved;
    this.#reserved = null;
    if (image !== null) this.#giveBack(image);
  }

  /**
   * Do as `cancelReservation` once `coming` has claimed; who claims next waits for that.
   * @param {Promise<unknown>} coming
   */
  giveBackNext(coming) {
    const { released } = this;
    this.released = coming.then(() => {
      const image = this.#reserved;
      this.#reserved = null;
      return image === null ? released : releaseImage(image).catch(() => {});
    });
  }

  leave() {
    this.#release();
    this.#image = null;
    this.#free();
  }

  takeOver() {
    this.page.focus();
    return this.#renew(true);
  }

  async #renew(takeOver = false) {
    const image = this.#image;
    clearTimeout(this.#timer);
    if (image === null || !this.page.root.isConnected) return;
    const wasFrozen = this.freezes !== null;
    try {
      await this.released; // it may be this one, open again
      await claimImage(image, takeOver);
      if (this.#image !== image) return this.#giveBack(image);
      this.#mine = true;
      this.#free();
    } catch (error) {
      if (this.#image !== image) return;
      // Without an answer one works on: a save says itself whether it arrived.
      if (error instanceof Refusal && error.status === 409) {
        this.#freeze(String(error.answer.claimed_by), String(error.answer.until));
      } else if (takeOver) this.page.say(error.message, true);
    }
    this.#renewIn(this.freezes ? ASK_MS : RENEW_MS);
    // Whoever had it may have saved.
    if (wasFrozen && !this.freezes) await this.page.reload();
  }

  /** @param {number} wait */
  #renewIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew(), wait);
  }

  /**
   * @param {string} name of who has the image
   * @param {string} until when, as ISO 8601 has it
   */
  #freeze(name, until) {
    const clock = new Date(until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const isNews = !this.freezes;
    this.#mine = false;
    const advice = "go on with another one, or take it over.";
    this.freezes = `${name} works on this image until ${clock}: ${advice}`;
    this.sign.hidden = false;
    this.sign.textContent = `Take over from ${name}`;
    this.page.root.dataset.holder = name;
    if (!isNews) return;
    if (this.page.document) this.page.describe();
    this.page.say(this.freezes, true);
  }

  #free() {
    this.freezes = null;
    this.sign.hidden = true;
    delete this.page.root.dataset.holder;
  }

  #release() {
    clearTimeout(this.#timer);
    if (!this.#mine) return;
    this.#mine = false;
    if (this.#image !== null) this.#giveBack(this.#image);
  }

  /** @param {number} image */
  #giveBack(image) {
    this.released = releaseImage(image).catch(() => {}); // it ends by itself
  }
}
