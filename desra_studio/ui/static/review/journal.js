// The journal: every action is kept in this browser at once, and taken up again when its image is
// opened next, whatever happened in between.

import { loadDraft } from "../drafts_api.js";
import { make } from "../dom.js";
import { readUser } from "../user.js";
import { Codec } from "./codec.js";
import { chooseRestore, countActions, describeTime } from "./restore.js";
import { decodeRuns } from "./runs.js";
import { baseOf, keyOf, Work } from "./work.js";

// So much of a stroke is lost at most.
const PART_MS = 200;

export class Journal {
  #codec = new Codec();
  #broken = false;

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

  get work() {
    return this.page.document?.work ?? null;
  }

  /** Keep what a stroke under way has changed; forget one that came to nothing. */
  flush() {
    if (this.page.panes.gesture) this.work?.addPart();
    else this.work?.dropEmpty();
  }

  edited(document) {
    document.work?.add();
  }

  /**
   * Take up what was not saved of an image that was just opened.
   *
   * @returns {Promise<() => void>?} says what was taken up; call it once the image is shown.
   */
  async resume(document) {
    if (document.dirty) return null;
    document.work = this.#begin(document);
    try {
      return await this.#takeUp(document);
    } catch (error) {
      return () => this.page.say(`Unsaved work could not be read. It stays kept. ${error.message}`, true);
    }
  }

  async #takeUp(document) {
    const { record, work } = document;
    const found = await this.#find(record, work);
    const choice = chooseRestore(found?.work, record.draft, baseOf(record));
    if (!choice) return null;
    const draft = record.draft && decodeRuns(await loadDraft(record.id), document.mask.length);
    const mine = choice.mine === "kept" ? found.mask : draft;
    const about = choice.mine === "kept" ? found.work : aboutDraft(record.draft);
    document.replace(mine);
    work.resume(about);
    if (choice.mine === "kept" && about.key !== work.key) this.#codec.ask("drop", { key: about.key });
    return () => this.#sayRestored(document, about);
  }

  /** Work that was kept under this name, or before there was one. */
  async #find(record, work) {
    const found = await this.#codec.ask("load", { key: work.key });
    if (found || !work.user) return found;
    return this.#codec.ask("load", { key: keyOf(record, "") });
  }

  #begin(document) {
    return new Work(this.#codec, document, readUser(), (error) => {
      this.#broken = true;
      this.page.say(
        `This browser could not keep your last action (${error.message}). Save often.`,
        true,
      );
    });
  }

  #sayRestored(document, { actions, at }) {
    const { page } = this;
    const away = make("button", { className: "link" }, "Throw them away");
    page.onClick(away, () => page.undo());
    page.say(
      `Restored ${countActions(actions)} from ${describeTime(at)}. Undo (Ctrl+Z) takes them back. `,
      false,
      away,
    );
  }
}

const aboutDraft = ({ updated_at }) => ({ actions: 1, from: Date.parse(updated_at), at: Date.parse(updated_at) });
