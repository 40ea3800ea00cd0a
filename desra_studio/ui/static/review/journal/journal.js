// The journal: every action is kept in this browser at once and on the server within a second, and
// taken up again when its image is opened next, whatever happened in between.

import { make } from "../../shared/dom.js";
import { readUser } from "../../shared/user.js";
import { Codec } from "./codec.js";
import { forgetDocument, hasUnsaved } from "../document.js";
import { Drafts } from "./drafts.js";
import { countActions } from "./restore.js";
import { TabLock } from "./tab_lock.js";
import { findUnsaved, offerChoice, sayRestored } from "./unsaved.js";
import { Work } from "./work.js";

/** @import { About } from "./unsaved.js" */
/** @import { ReviewDocument } from "../document.js" */
/** @import { ImageRecord, ReviewPage } from "#types/review" */

// So much of a stroke is lost at most.
const PART_MS = 200;
const ELSEWHERE = "This image is open in another tab of this browser, so it can only be looked at here.";

export class Journal {
  #codec = new Codec();
  #drafts = new Drafts(this.#codec, {
    onOffline: () => this.page.describe(),
    onOnline: () => this.#comeBack(),
    onRefused: (work, error) => this.#sayRefused(work, error),
  });
  #lock = new TabLock(() => this.#giveAway());
  #isElsewhere = false;
  #broken = false;
  /**
   * Why unsaved work could not be read: whoever painted now would overwrite it.
   * @type {string | null}
   */
  #unread = null;
  /**
   * Says what `resume` found.
   * @type {(() => void) | null}
   */
  #news = null;
  /**
   * A document that is to be saved once the server is back.
   * @type {ReviewDocument | null}
   */
  #wanted = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
  }

  start() {
    this.#codec.ask("check", {}).then((works) => (this.#broken = !works));
    const timer = setInterval(() => {
      if (this.page.root.isConnected) this.flush();
      else clearInterval(timer);
    }, PART_MS);
    document.addEventListener("visibilitychange", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      const isLost = this.#broken && hasUnsaved();
      if (isLost && this.page.root.isConnected) event.preventDefault();
    });
  }

  /** Why the mask cannot be changed now. */
  get freezes() {
    return this.#isElsewhere ? ELSEWHERE : this.#unread;
  }

  /** Keep what a stroke under way has changed; forget one that was given up. */
  flush() {
    const work = this.page.document?.work;
    if (!work || this.page.comparison.isOpen) return;
    if (this.page.panes.gesture) work.addPart();
    else work.dropPart();
  }

  /** @param {ReviewDocument} document */
  edited(document) {
    document.work?.add();
  }

  leave() {
    this.#lock.release();
  }

  /**
   * Why changes are not on the server, in place of "Unsaved changes"; null where they are.
   * @param {ReviewDocument} document
   */
  describeOffline({ work, dirty }) {
    if (!dirty || !work || !this.#drafts.isOffline) return null;
    const count = `${work.actions} change${work.actions === 1 ? "" : "s"}`;
    return `Offline: ${count} ${!this.#broken ? "kept in this browser" : "on this page only"}`;
  }

  /**
   * Let no draft be on its way while `action` runs.
   * @param {() => Promise<unknown>} action
   */
  async runAlone(action) {
    try {
      await this.#drafts.hold();
      await action();
    } finally {
      this.#drafts.release();
    }
  }

  /**
   * A save found no server: it is done once there is one again.
   * @param {ReviewDocument} document
   */
  saveLater(document) {
    if (!document.dirty) return;
    this.#wanted = document;
    if (document.work) this.#drafts.ask(document.work);
  }

  /**
   * Take up what was not saved of an image that was just opened; `show` says so.
   * @param {ReviewDocument} document
   */
  async resume(document) {
    const { record } = document;
    this.#news = this.#unread = null;
    this.#isElsewhere = !(await this.#lock.take(nameLock(record)));
    if (this.#isElsewhere) {
      document.work = null;
      this.#news = () => this.sayFrozen();
    } else if (!document.dirty) {
      document.work = new Work(this.#codec, document, readUser(), {
        onChange: (work) => this.#hearChange(work),
        onError: (error) => this.#sayBroken(error),
      });
      this.#news = await this.#takeUp(document).catch((error) => this.#refuseUnread(error));
    }
  }

  /**
   * Say what became of the work that was done before.
   * @param {ReviewDocument} document
   */
  show({ lost, record }) {
    if (lost) {
      const advice = "You see what the detector marks; History (R) has the masks that were saved before.";
      this.page.say(`The mask of revision ${record.revision?.number} is lost. ${lost} ${advice}`, true);
    }
    this.#news?.();
  }

  /**
   * Tells what is to be said about it, as a function; null where there is nothing.
   * @param {ReviewDocument} document
   * @returns {Promise<(() => void) | null>}
   */
  async #takeUp(document) {
    const found = await findUnsaved(this.#codec, document);
    if (!found) return null;
    const take = (/** @type {Uint8Array} */ mask) => this.#take(document, mask, found.about);
    if (found.against) return () => offerChoice(this.page, found, take);
    take(found.mine);
    return document.dirty ? () => sayRestored(this.page, found.about) : null;
  }

  /** @param {Work} work */
  #hearChange(work) {
    if (!work.isKept) this.#wanted = null;
    this.#drafts.ask(work);
  }

  /**
   * Put a mask on top of the server's, as one action; it is unsaved work from now on.
   * @param {ReviewDocument} document
   * @param {Uint8Array} mask
   * @param {About} about
   */
  #take(document, mask, about) {
    const { work } = document;
    document.replace(mask);
    if (!work) return;
    work.resume(about);
    if (about.key && (about.key !== work.key || !work.isKept)) {
      this.#codec.ask("drop", { key: about.key });
    }
  }

  /** @param {Error} error */
  #sayBroken({ message }) {
    this.#broken = true;
    this.page.say(`This browser could not keep your last action (${message}). Save often.`, true);
  }

  /**
   * @param {Work} work
   * @param {Error} error
   */
  #sayRefused(work, { message }) {
    const kept = !this.#broken ? ` Kept in this browser: ${countActions(work.actions)}.` : "";
    this.page.say(`The server takes no draft of this image. ${message}${kept}`, true);
  }

  async #comeBack() {
    const { page } = this;
    page.describe();
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted?.dirty && wanted === page.document && !page.panes.gesture) {
      if (await page.save()) page.say(`The server is back. ${page.saved.textContent}.`);
    } else {
      page.say("The server is back, and has a draft of your changes.");
    }
  }

  /** Another tab takes this image over: what it has to know is kept before it reads. */
  async #giveAway() {
    const { document } = this.page;
    this.flush();
    // From here on the other tab alone keeps what is done.
    if (document) document.work = null;
    this.#isElsewhere = true;
    if (document) forgetDocument(document.record.id);
    this.page.describe();
    this.sayFrozen("Another tab took this image over.");
    await this.#codec.ask("check", {});
  }

  /** Say why the mask cannot be changed here, and how it can. */
  sayFrozen(text = this.freezes) {
    const { page } = this;
    /**
     * @param {string} label
     * @param {() => unknown} run
     */
    const link = (label, run) => {
      const button = make("button", { className: "link" }, label);
      page.onClick(button, run);
      return button;
    };
    const here = link("Work on it here", async () => {
      if (!page.document) return;
      await this.#lock.takeOver(nameLock(page.document.record));
      page.reload(true);
    });
    const again = link("Try again", () => page.reload());
    const without = link("Go on without it", () => {
      this.#unread = null;
      page.say("");
      page.describe();
    });
    page.say(`${text} `, true, ...(this.#isElsewhere ? [here] : [again, " ", without]));
  }

  /** @param {Error} error */
  #refuseUnread({ message }) {
    this.#unread = `Unsaved work of yours on this image cannot be read, and stays kept. ${message}`;
    return () => this.sayFrozen();
  }
}

/** @param {Pick<ImageRecord, "id" | "gan">} record */
const nameLock = ({ id, gan }) => `${id}/${gan.sha}`;
