// The bin: what was deleted, and the way back.

import { make } from "../shared/dom.js";
import { tellDeletion, tellImages } from "./words.js";

/** @import { DeletedDataset } from "#types/datasets" */

export class Bin {
  #shown = "";

  /** @param {(dataset: DeletedDataset) => unknown} onRestore */
  constructor(onRestore) {
    this.onRestore = onRestore;
    this.summary = make("summary");
    this.list = make("ul");
    this.empty = make("p", {}, "Nothing is in the bin.");
    this.element = make("details", { className: "bin" }, this.summary, this.list, this.empty);
  }

  /** @param {DeletedDataset[]} deleted */
  show(deleted) {
    const now = JSON.stringify(deleted);
    if (now === this.#shown) return;
    this.#shown = now;
    const hadFocus = this.list.contains(document.activeElement);
    this.summary.textContent = `Bin (${deleted.length})`;
    this.list.replaceChildren(...deleted.map((dataset) => this.#makeItem(dataset)));
    this.empty.hidden = deleted.length > 0;
    if (hadFocus) this.summary.focus({ preventScroll: true });
  }

  /** @param {DeletedDataset} dataset */
  #makeItem(dataset) {
    const restore = make(
      "button",
      {
        type: "button",
        ariaLabel: `Restore ${dataset.name}`,
        onclick: () => this.onRestore(dataset),
      },
      "Restore",
    );
    return make(
      "li",
      {},
      make("strong", {}, dataset.name),
      make("span", {}, `${tellImages(dataset.images)}, ${tellDeletion(dataset)}`),
      restore,
    );
  }
}
