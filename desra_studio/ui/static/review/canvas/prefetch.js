// Loads the image that most likely comes next, while nothing else is to be done.

import { prefetchDocument } from "../document.js";

export class Prefetch {
  #waiting = null;

  constructor(page) {
    this.page = page;
  }

  show(document) {
    this.leave();
    // Not before the image at hand has been painted.
    this.#waiting = setTimeout(() => this.#load(document.record.id), 150);
  }

  leave() {
    clearTimeout(this.#waiting);
  }

  async #load(shown) {
    try {
      const next = await this.page.queue.upcoming();
      if (next && next !== shown) await prefetchDocument(next);
    } catch {
      // Opening it will say what is wrong.
    }
  }
}
