// What the mask of an image is painted with, where kinds have colours: which pixel is of which kind.

import { areEqual } from "../../masks/difference.js";
import { hasPoint } from "../../masks/components.js";
import { groupSpans, readSpans } from "../../masks/spans.js";
import { BY_KIND, listFills } from "../../viewer/mask_colours.js";
import { mixInk } from "../../viewer/mask_sheet.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { ReviewPage } from "#types/review" */

// Components are found anew after strokes, not between two of them.
const REST_MS = 200;

export class MaskInks {
  /** @type {WeakMap<ReviewDocument, string>} What each image's mask is painted with. */
  #painted = new WeakMap();
  #waiting = 0;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
  }

  /**
   * Paint the mask of an image with a choice of mask_colours.js, if it is not.
   * @param {ReviewDocument} document
   * @param {string} choice
   */
  paint(document, choice) {
    clearTimeout(this.#waiting);
    const { page } = this;
    if (choice !== BY_KIND) return this.#use(document, choice, choice, null);
    const labels = page.regions.listKnown(document);
    if (!labels) return undefined;
    const state = JSON.stringify([labels, page.kinds.list, document.history.current]);
    if (this.#painted.get(document) === state) return undefined;
    this.#waiting = setTimeout(() => {
      if (page.document !== document || page.panes.gesture) return;
      const kinds = placeKinds(document, labels, page.kinds.list);
      this.#use(document, choice, state, kinds);
      page.tell("refresh"); // others show the mask, too
    }, REST_MS);
    return undefined;
  }

  /**
   * @param {ReviewDocument} document
   * @param {string} choice
   * @param {string} state
   * @param {Uint8Array | null} kinds
   */
  #use(document, choice, state, kinds) {
    if (this.#painted.get(document) === state) return;
    this.#painted.set(document, state);
    const { layer } = document;
    const ink = mixInk(listFills(choice, kinds ? this.page.kinds.list.length : 0), kinds);
    const before = layer.ink;
    const isSame =
      before.fills.join() === ink.fills.join() &&
      (before.kinds && ink.kinds ? areEqual(before.kinds, ink.kinds) : before.kinds === ink.kinds);
    if (isSame) return;
    layer.paintWith(ink);
    this.page.panes.invalidate();
  }
}

/**
 * By pixel, the place of its component's kind in the list, from 1 on; 0 where it has none.
 * @param {ReviewDocument} document
 * @param {{ x: number, y: number, kind: string | null }[]} labels
 * @param {string[]} list
 */
function placeKinds({ mask, width, height }, labels, list) {
  const placed = new Uint8Array(mask.length);
  const named = labels.filter(({ kind }) => kind !== null);
  if (!named.length) return placed;
  const components = groupSpans(readSpans(mask, width, height));
  for (const { x, y, kind } of named) {
    const value = list.indexOf(kind ?? "") + 1;
    const component = components.find(({ spans }) => hasPoint(spans, x, y));
    for (const { y: row, from, to } of component?.spans ?? []) {
      placed.fill(value, row * width + from, row * width + to);
    }
  }
  return placed;
}
