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
  // Why unsaved work could not be read: whoever painted now would overwrite it.
  #unread = null;
  // Says what `resume` found.
  #news = null;
  // A document that is to be saved once the server is back.
  #wanted = null;

  constructor(page) {
    this.page = page;
  }

  start() {
    this.#codec.ask("check").then((works) => (this.#broken = !works));
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

  edited(document) {
    document.work?.add();
  }

  leave() {
    this.#lock.release();
  }

  /** Why changes are not on the server, in place of "Unsaved changes"; null where they are. */
  describeOffline({ work, dirty }) {
    if (!dirty || !this.#drafts.isOffline) return null;
    const count = `${work.actions} change${work.actions === 1 ? "" : "s"}`;
    return `Offline: ${count} ${!this.#broken ? "kept in this browser" : "on this page only"}`;
  }

  /** Let no draft be on its way while `action` runs. */
  async runAlone(action) {
    try {
      await this.#drafts.hold();
      await action();
    } finally {
      this.#drafts.release();
    }
  }

  /** A save found no server: it is done once there is one again. */
  saveLater(document) {
    if (!document.dirty) return;
    this.#wanted = document;
    this.#drafts.ask(document.work);
  }

  /** Take up what was not saved of an image that was just opened; `show` says so. */
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

  /** Say what became of the work that was done before. */
  show({ lost, record }) {
    if (lost) {
      const advice = "You see what the detector marks; History (R) has the masks that were saved before.";
      this.page.say(`The mask of revision ${record.revision.number} is lost. ${lost} ${advice}`, true);
    }
    this.#news?.();
  }

  /** Tells what is to be said about it, as a function; null where there is nothing. */
  async #takeUp(document) {
    const found = await findUnsaved(this.#codec, document);
    if (!found) return null;
    const take = (mask) => this.#take(document, mask, found.about);
    if (found.against) return () => offerChoice(this.page, found, take);
    take(found.mine);
    return document.dirty ? () => sayRestored(this.page, found.about) : null;
  }

  #hearChange(work) {
    if (!work.isKept) this.#wanted = null;
    this.#drafts.ask(work);
  }

  /** Put a mask on top of the server's, as one action; it is unsaved work from now on. */
  #take(document, mask, about) {
    const { work } = document;
    document.replace(mask);
    work.resume(about);
    if (about.key && (about.key !== work.key || !work.isKept)) {
      this.#codec.ask("drop", { key: about.key });
    }
  }

  #sayBroken({ message }) {
    this.#broken = true;
    this.page.say(`This browser could not keep your last action (${message}). Save often.`, true);
  }

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
    document.work = null;
    this.#isElsewhere = true;
    forgetDocument(document.record.id);
    this.page.describe();
    this.sayFrozen("Another tab took this image over.");
    await this.#codec.ask("check");
  }

  /** Say why the mask cannot be changed here, and how it can. */
  sayFrozen(text = this.freezes) {
    const { page } = this;
    const link = (label, run) => {
      const button = make("button", { className: "link" }, label);
      page.onClick(button, run);
      return button;
    };
    const here = link("Work on it here", async () => {
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

  #refuseUnread({ message }) {
    this.#unread = `Unsaved work of yours on this image cannot be read, and stays kept. ${message}`;
    return () => this.sayFrozen();
  }
}

const nameLock = ({ id, gan }) => `${id}/${gan.sha}`;
