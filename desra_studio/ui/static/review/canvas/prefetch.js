// Loads the image that most likely comes next, while nothing else is to be done.

import { prefetchDocument } from "../document.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { ReviewPage } from "#types/review" */

export class Prefetch {
  #waiting = 0;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {ReviewDocument} document */
  show(document) {
    this.leave();
    // Not before the image at hand has been painted.
    this.#waiting = setTimeout(() => this.#load(document.record.id), 150);
  }

  leave() {
    clearTimeout(this.#waiting);
  }

  /** @param {number} shown */
  async #load(shown) {
    try {
      const next = await this.page.queue.upcoming();
      if (next && next !== shown) await prefetchDocument(next);
    } catch {
      // Opening it will say what is wrong.
    }
  }
}
