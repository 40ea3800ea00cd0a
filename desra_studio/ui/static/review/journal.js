// The journal: every action is kept in this browser at once and on the server within a second, and
// taken up again when its image is opened next, whatever happened in between.

import { loadDraft } from "../drafts_api.js";
import { make } from "../dom.js";
import { readUser } from "../user.js";
import { Codec } from "./codec.js";
import { areEqual } from "./difference.js";
import { forgetDocument } from "./document.js";
import { Drafts } from "./drafts.js";
import { chooseRestore, countActions, describeTime } from "./restore.js";
import { decodeRuns } from "./runs.js";
import { TabLock } from "./tab_lock.js";
import { baseOf, keyOf, Work } from "./work.js";

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
  }

  /** Whether what is not saved outlives this page. */
  get keeps() {
    return !this.#broken;
  }

  /** Why the mask cannot be changed now. */
  get freezes() {
    return this.#isElsewhere ? ELSEWHERE : null;
  }

  /** Keep what a stroke under way has changed; forget one that came to nothing. */
  flush() {
    const work = this.page.document?.work;
    if (!work || this.page.comparison.isOpen) return;
    if (this.page.panes.gesture) work.addPart();
    else work.dropEmpty();
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
    return `Offline: ${count} ${this.keeps ? "kept in this browser" : "on this page only"}`;
  }

  /** A save found no server: it is done once there is one again. */
  saveLater(document) {
    if (!document.dirty) return;
    this.#wanted = document;
    this.#drafts.ask(document.work);
  }

  /**
   * Take up what was not saved of an image that was just opened.
   *
   * @returns {Promise<() => void>?} says what was taken up; call it once the image is shown.
   */
  async resume(document) {
    const { record } = document;
    this.#isElsewhere = !(await this.#lock.take(nameLock(record)));
    if (this.#isElsewhere) {
      document.work = null;
      return () => this.sayFrozen();
    }
    if (document.dirty) return null;
    document.work = new Work(this.#codec, document, readUser(), {
      onChange: (work) => this.#hearChange(work),
      onError: (error) => this.#sayBroken(error),
    });
    try {
      return await this.#takeUp(document);
    } catch (error) {
      const text = `Work of yours on this image could not be read, and stays kept. ${error.message}`;
      return () => this.page.say(text, true);
    }
  }

  async #takeUp(document) {
    const { record, work } = document;
    const found = await this.#find(record, work);
    const choice = chooseRestore(found?.work, record.draft, baseOf(record));
    if (!choice) return null;
    const needsDraft = choice.mine === "draft" || choice.against === "draft";
    const draft = needsDraft && decodeRuns(await loadDraft(record.id), document.mask.length);
    const about = choice.mine === "kept" ? found.work : describeDraft(record.draft);
    const mine = choice.mine === "kept" ? found.mask : draft;
    const theirs = choice.against === "draft" ? draft : document.mask.slice();
    const take = (mask) => this.#take(document, mask, about);
    if (choice.against && !areEqual(mine, theirs)) {
      return () => this.#offer(record, about, { mine, theirs, take, against: choice.against });
    }
    take(mine);
    return document.dirty ? () => this.#sayRestored(about) : null;
  }

  #hearChange(work) {
    if (!work.isKept) this.#wanted = null;
    this.#drafts.ask(work);
  }

  /** Work that was kept under this name, or before there was one. */
  async #find(record, work) {
    const found = await this.#codec.ask("load", { key: work.key });
    if (found || !work.user) return found;
    return this.#codec.ask("load", { key: keyOf(record, "") });
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

  #offer(record, about, { mine, theirs, take, against }) {
    const { page } = this;
    const run = (mask) => {
      const { document } = page;
      // Undo, or do again, brings back what was not chosen.
      document.replace(mine);
      if (areEqual(mask, theirs) && against === "base") document.undo();
      take(mask);
      page.panes.invalidate();
      page.describe();
      page.say(document.dirty ? "Taken up, not saved yet." : "Yours was left; redo brings it back.");
    };
    const names = against === "draft" ? ["in this browser", "in the other one"] : ["mine", "theirs"];
    page.comparison.open({
      mine,
      theirs,
      names,
      choices: [
        { label: against === "draft" ? "The other browser's" : "Leave theirs", choice: "theirs", run },
        { label: against === "draft" ? "This browser's" : "Take mine up again", choice: "mine", run },
        { label: "Both together", choice: "union", title: "What either marks", run },
        { label: "Only what both marked", choice: "intersection", run },
      ],
    });
    const what = `${countActions(about.actions)} of yours from ${describeTime(about.at)}`;
    page.say(
      against === "draft"
        ? `This image was painted in another browser, too, at ${describeTime(record.draft.updated_at)}. Kept here: ${what}.`
        : `Somebody changed this image meanwhile. Kept: ${what}.`,
      true,
    );
  }

  #sayRestored({ actions, at }) {
    const { page } = this;
    const away = make("button", { className: "link" }, "Throw them away");
    page.onClick(away, () => page.undo());
    page.say(
      `Restored ${countActions(actions)} from ${describeTime(at)}. Undo (Ctrl+Z) takes them back. `,
      false,
      away,
    );
  }

  #sayBroken({ message }) {
    this.#broken = true;
    this.page.say(`This browser could not keep your last action (${message}). Save often.`, true);
  }

  #sayRefused(work, { message }) {
    const kept = this.keeps ? ` Kept in this browser: ${countActions(work.actions)}.` : "";
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
  sayFrozen(text = ELSEWHERE) {
    const { page } = this;
    const button = make("button", { className: "link" }, "Work on it here");
    page.onClick(button, async () => {
      await this.#lock.takeOver(nameLock(page.document.record));
      page.reload(true);
    });
    page.say(`${text} `, true, button);
  }
}

const nameLock = ({ id, gan }) => `${id}/${gan.sha}`;

const describeDraft = ({ updated_at }) => {
  const time = Date.parse(updated_at);
  return { key: null, actions: 1, from: time, at: time };
};
