// Who works on the image that is open. A claim keeps two people off one image; it is renewed while
// the image is open, and ends by itself when the page does.

import { Refusal } from "../api.js";
import { claimImage, releaseImage } from "../queue_api.js";
import { make } from "../dom.js";

const RENEW_MS = 60_000;
const ASK_MS = 15_000;

export class Claims {
  /** Who else has the image that is open: { name, until }. */
  holder = null;
  #image = null;
  #mine = false;
  #timer = null;

  constructor(page) {
    this.page = page;
    this.sign = make("button", { className: "holder", hidden: true, onclick: () => this.takeOver() });
    this.slots = { top: [this.sign] };
    window.addEventListener("pagehide", () => this.#release());
    // Back from the browser's memory, or from a laptop's sleep: others may have come meanwhile.
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#renew());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#renew());
  }

  /** Whether painting and verdicts have to wait. */
  get locked() {
    return this.holder !== null;
  }

  show({ record }) {
    this.#image = record.id;
    this.#free();
    this.#renew();
  }

  leave() {
    this.#release();
    this.#image = null;
    this.#free();
  }

  /** Say who works here, and that one may take over. */
  explain() {
    const { name, until } = this.holder;
    const clock = new Date(until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const text = `${name} works on this image until ${clock}. Go on with another one, or `;
    const link = make("button", { className: "link", onclick: () => this.takeOver() }, "take over");
    this.page.say(text, true, link, ".");
  }

  takeOver() {
    return this.#renew(true);
  }

  async #renew(takeOver = false) {
    const image = this.#image;
    clearTimeout(this.#timer);
    if (image === null || !this.page.root.isConnected) return;
    const wasLocked = this.locked;
    try {
      await claimImage(image, takeOver);
      if (this.#image !== image) return void releaseImage(image).catch(() => {});
      this.#mine = true;
      this.#free();
    } catch (error) {
      if (this.#image !== image) return;
      // Without an answer one works on: a save says itself whether it arrived.
      if (error instanceof Refusal && error.status === 409) this.#lock(error.answer, wasLocked);
      else if (takeOver) this.page.say(error.message, true);
    }
    this.#timer = setTimeout(() => this.#renew(), this.locked ? ASK_MS : RENEW_MS);
    // Whoever had it may have saved.
    if (wasLocked && !this.locked) await this.page.reload();
  }

  #lock({ claimed_by: name, until }, wasLocked) {
    this.#mine = false;
    this.holder = { name, until };
    this.sign.hidden = false;
    this.sign.textContent = `✎ ${name} · Take over`;
    this.sign.title = `${name} works on this image; taking over stops them from saving unseen`;
    this.page.root.dataset.holder = name;
    if (!wasLocked) this.explain();
  }

  #free() {
    this.holder = null;
    this.sign.hidden = true;
    delete this.page.root.dataset.holder;
  }

  #release() {
    clearTimeout(this.#timer);
    if (!this.#mine) return;
    this.#mine = false;
    releaseImage(this.#image).catch(() => {}); // it ends by itself
  }
}
