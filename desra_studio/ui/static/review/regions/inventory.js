// The components of the document that is open, listed once for every state of its mask.

import { findSpans, listComponents } from "./component_list.js";
import { groupSpans, readSpans } from "../../masks/spans.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Detected } from "../detector/detected.js" */
/** @import { Span } from "#types/masks" */
/** @import { ComponentItem } from "#types/review" */

/**
 * @typedef {{
 *   document: ReviewDocument,
 *   detected: Detected | null,
 *   state: number,
 *   items: ComponentItem[],
 * }} Listed
 */

export class Inventory {
  /** @type {Listed | null} */
  #listed = null;
  /** @type {{ of: Detected, spans: Span[][] } | null} */
  #detected = null;

  /**
   * The items of component_list.js; null while the detected mask is not loaded.
   * @param {ReviewDocument} document
   * @returns {ComponentItem[] | null}
   */
  read(document) {
    const { detected, mask, width, height, history } = document;
    if (detected && !detected.runs) return null;
    const known = this.#listed;
    const state = history.current;
    const same = known?.document === document && known.detected === detected;
    if (same && known.state === state) return known.items;
    const marked = groupSpans(readSpans(mask, width, height));
    const items = listComponents(marked, detected?.ranked ?? [], this.#readDetected(document));
    this.#listed = { document, detected, state, items };
    return items;
  }

  /** @param {ReviewDocument} document */
  #readDetected({ detected, width, height }) {
    if (!detected) return [];
    if (this.#detected?.of === detected) return this.#detected.spans;
    const spans = findSpans(detected.ranked, detected.mask, width, height);
    this.#detected = { of: detected, spans };
    return spans;
  }
}
