// The line that tells of the last verdict, or change of many images, and takes it back.

import { takeBack } from "./api.js";
import { makeButton } from "../shared/controls.js";
import { announceChange, make } from "../shared/dom.js";
import { DeedLog } from "./deed_log.js";
import { followLabel } from "./document.js";
import { describeLabel, describeVerdict } from "./texts.js";

/** @import { ReviewDocument } from "./document.js" */
/** @import { ChangeReport, Deed, EarlierLabel, ReviewPage } from "#types/review" */

/** @typedef {Deed & { left?: number }} VerdictDeed `left` is the image that was open then. */

export class Deeds {
  #log = new DeedLog();
  /** @type {{ deed: Deed, again: boolean } | null} */
  #shown = null;
  // So many actions on the mask that is open.
  #serial = 0;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.name = make("span", { className: "name" });
    this.what = make("span", { className: "what" });
    const act = () => {
      const shown = this.#shown;
      if (shown) page.inTurn(() => this.takeBack(shown.deed, shown.again));
    };
    const hidden = { className: "link", hidden: true };
    this.undo = makeButton(page, "Undo", "Ctrl+Z", act, hidden);
    this.redo = makeButton(page, "Redo", "Ctrl+Y", act, hidden);
    const parts = [this.name, this.what, this.undo, this.redo];
    this.element = make("div", { className: "deed", role: "status" }, ...parts);
  }

  /**
   * Note a verdict that was given just now; see `ReviewDocument.judge`.
   * @param {ReviewDocument} document
   * @param {{ label: EarlierLabel, cleared: boolean }} verdict
   */
  addVerdict(document, { label, cleared }) {
    const { record } = document;
    const [done, undone] = [describeVerdict(record.state), describeLabel(label.state)];
    /** @type {VerdictDeed} */
    const deed = {
      name: record.name,
      number: 1,
      done: () => done,
      undone: () => undone,
      labels: [label],
      after: (answer, again) => this.#showVerdict({ deed, document, cleared }, answer, again),
    };
    this.add(deed);
  }

  /**
   * Note a deed that was done just now.
   * @param {Deed} deed
   */
  add(deed) {
    this.#log.add(deed);
    this.#show(deed, false);
    if (this.page.document) this.page.describe();
  }

  /** @param {ReviewDocument} document */
  edited({ history }) {
    if (history.serial !== this.#serial) this.#log.forget();
    this.#tell();
  }

  refresh() {
    this.#serial = this.page.document?.history.serial ?? 0;
  }

  /**
   * The deed that has its turn to be taken back, or done again, before any action on the mask.
   * @param {boolean} again
   */
  next(again) {
    return this.#log.next(this.page.document?.history, again);
  }

  /**
   * Take a deed back, or do it again.
   * @param {Deed} deed
   * @param {boolean} again
   */
  async takeBack(deed, again) {
    const { page } = this;
    await page.attempts.idle;
    page.tell("cancel");
    page.attempts.setBusy(true);
    page.say(again ? "Doing it again …" : "Taking it back …");
    /** @type {ChangeReport} */
    let answer;
    try {
      answer = await (deed.send?.() ?? takeBack(page.dataset, deed.labels));
    } catch (error) {
      return page.say(`${again ? "Not done again" : "Not taken back"}. ${error.message}`, true);
    } finally {
      page.attempts.setBusy(false);
    }
    page.say("");
    await deed.after(answer, again);
    // After what became of the mask that is open: this was done as one, and is the last of it.
    this.#log.move(deed, answer.earlier);
    deed.number = answer.done;
    if (answer.done) this.#show(deed, !again, answer.earlier.length > 0);
    else this.#tell();
    if (page.document) page.describe();
    announceChange();
  }

  /**
   * Show the image of a verdict as it is now; one that was given again leads on, as it did.
   * @param {{ deed: VerdictDeed, document: ReviewDocument, cleared: boolean }} verdict
   * @param {ChangeReport} answer
   * @param {boolean} again
   */
  async #showVerdict({ deed, document, cleared }, { skipped: [refused], earlier }, again) {
    const { page } = this;
    const [label] = deed.labels;
    const { id } = document.record;
    if (refused) return page.say(`${refused.name} stays as it is: ${refused.why}.`, true);
    const versions = { from: label.version, to: earlier[0]?.version ?? label.version };
    const isKnown = await followLabel(document, versions, cleared ? (again ? "redo" : "undo") : null);
    page.queue.note({ id, state: label.state });
    const open = page.document?.record.id;
    if (open === id && isKnown) {
      page.panes.invalidate();
      page.describe();
    } else if (open === id) {
      await page.reload();
    }
    await page.open(again ? (deed.left ?? id) : id);
    deed.left = open;
  }

  #tell() {
    const { deed = null, again = false } = this.#log.last(this.page.document?.history) ?? {};
    this.#show(deed, again);
  }

  /**
   * Tell of a deed, or of none; one that was taken back can be done `again`.
   * @param {Deed | null} deed
   * @param {boolean} again
   */
  #show(deed, again, isOpen = true) {
    this.#shown = deed && { deed, again };
    this.name.textContent = this.name.title = deed?.name ?? "";
    this.what.textContent = deed ? (again ? deed.undone : deed.done)(deed.number) : "";
    const wasFocused = this.element.contains(document.activeElement);
    this.undo.hidden = !deed || !isOpen || again;
    this.redo.hidden = !deed || !isOpen || !again;
    if (!wasFocused) return;
    const left = [this.undo, this.redo].find(({ hidden }) => !hidden);
    if (left) left.focus();
    else this.page.focus();
  }
}
