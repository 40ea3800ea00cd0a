// Saves and verdicts: one at a time, with what went wrong in words.

import { Refusal } from "../../shared/api.js";
import { announceChange } from "../../shared/dom.js";
import { Stale } from "./stale.js";

/** @import { ReviewPage } from "#types/review" */

export class Attempts {
  busy = false;
  /**
   * Resolves once no image loads and no save is answered.
   * @type {Promise<unknown>}
   */
  idle = Promise.resolve();
  /** @type {((value?: unknown) => void) | null} */
  #rest = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.stale = new Stale(page);
  }

  /**
   * While an image loads no verdict is taken: it could hit the wrong one.
   * @param {boolean} busy
   */
  setBusy(busy) {
    if (busy && !this.busy) this.idle = new Promise((done) => (this.#rest = done));
    if (!busy) this.#rest?.();
    this.busy = busy;
    this.page.root.setAttribute("aria-busy", String(busy));
    const disabled = String(busy && this.page.loading);
    for (const button of this.page.verdicts) button.setAttribute("aria-disabled", disabled);
  }

  /**
   * Run a save or a verdict on the open image, after the one before; tells whether it was done.
   * @param {() => Promise<unknown>} action
   */
  async run(action) {
    const { page } = this;
    const { document } = page;
    while (this.busy) await this.idle;
    if (!document || page.document !== document || page.sayFrozen()) return false;
    // What is saved is what is seen, not what a slider still waits for.
    page.tell("cancel");
    this.setBusy(true);
    page.say("Saving …");
    let done = false;
    let stale = null;
    try {
      await page.journal.runAlone(action);
      page.say("");
      done = true;
    } catch (error) {
      if (!(error instanceof Refusal)) page.journal.saveLater(document);
      else if (error.status === 409) stale = error.message;
      page.say(stale ?? `Not saved. ${error.message}`, true);
    }
    this.setBusy(false);
    page.describe();
    if (stale) await this.stale.resolve(document, stale);
    announceChange();
    return done;
  }
}
