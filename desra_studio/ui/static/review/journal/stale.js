// What happens when somebody else was faster: both masks are there, and the reviewer chooses.

import { loadImage, loadMaskRuns } from "../../shared/api.js";
import { areEqual } from "../../masks/difference.js";
import { decodeRuns } from "../../masks/runs.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { ImageRecord, ReviewPage } from "#types/review" */


export class Stale {
  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
  }

  /**
   * A save or a verdict was refused since the server's version moved on; `message` says so.
   * @param {ReviewDocument} document
   * @param {string} message
   */
  async resolve(document, message) {
    const { page } = this;
    try {
      const found = await loadTheirs(document);
      if (page.document === document) this.#offer(document, found, message);
    } catch (error) {
      page.say(`${message} ${error.message}`, true);
    }
  }

  /**
   * @param {ReviewDocument} document
   * @param {Awaited<ReturnType<typeof loadTheirs>>} found
   * @param {string} message
   */
  #offer(document, { record, runs, theirs }, message) {
    const { page } = this;
    const take = (/** @type {Uint8Array} */ chosen) => {
      document.rebase(record, runs, chosen);
      page.panes.invalidate();
      page.afterEdit();
    };
    if (areEqual(document.mask, theirs)) {
      take(theirs);
      return page.say(`${message} The masks are the same; the image is ${record.state} now.`, true);
    }
    const save = (/** @type {Uint8Array} */ chosen) => {
      take(chosen);
      page.save();
    };
    page.comparison.open({
      mine: document.mask,
      theirs,
      names: ["mine", "theirs"],
      choices: [
        { label: "Show theirs", choice: "theirs", title: "Undo brings yours back", run: take },
        { label: "Make mine the current one", choice: "mine", run: save },
        { label: "Both together", choice: "union", title: "What either of you marked", run: save },
        { label: "Only what both marked", choice: "intersection", run: save },
      ],
    });
    page.say(message, true);
  }
}

/** @param {ReviewDocument} document */
async function loadTheirs({ record: { id }, mask: { length } }) {
  /** @type {ImageRecord} */
  const record = await loadImage(id);
  const runs = await loadMaskRuns(record);
  const theirs = runs ? decodeRuns(runs, length) : new Uint8Array(length);
  return { record, runs, theirs };
}
