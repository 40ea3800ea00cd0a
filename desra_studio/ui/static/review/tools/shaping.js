// What is done to a whole mask, or to the chosen component of it, with one key: filling holes,
// growing and shrinking.

import { makeIconButton } from "../../shared/controls.js";
import { groupDigits } from "../../masks/components.js";
import { drawIcon } from "./icons.js";
import { shortenKey } from "../../shared/key_map.js";
import { findHoles, findHolesOf, findRim, growSpans, takesCorners } from "../../masks/morphology.js";
import { countPixels, readSpans } from "../../masks/spans.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Span } from "#types/masks" */
/** @import { Action, ReviewPage } from "#types/review" */

export class Shaping {
  #step = 0;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    /**
     * @param {string} icon
     * @param {string} id
     * @param {string} title
     * @param {string} key
     * @param {() => void} run
     * @returns {{ button: HTMLButtonElement, action: Action }}
     */
    const offer = (icon, id, title, key, run) => ({
      button: makeIconButton(page, drawIcon(icon), title, shortenKey(key), run),
      action: { id, title, group: "Mask", keys: [key], run },
    });
    const offers = [
      offer("holes", "fill-holes", "Fill holes", "f", () => this.fillHoles()),
      offer("grow", "grow", "Grow by 1 px", "ctrl+arrowup", () => this.grow()),
      offer("shrink", "shrink", "Shrink by 1 px", "ctrl+arrowdown", () => this.shrink()),
    ];
    this.slots = { tools: offers.map(({ button }) => button) };
    this.actions = offers.map(({ action }) => action);
  }

  show() {
    this.#step = 0;
  }

  /** Fill the holes of the chosen component, or of all. */
  fillHoles() {
    const { document } = this.page;
    if (!document) return;
    const { mask, width, height } = document;
    const chosen = this.#readChosen();
    const holes = chosen ? findHolesOf(chosen) : findHoles(mask, width, height);
    const spans = holes.flatMap((hole) => hole.spans);
    const area = groupDigits(countPixels(spans));
    const count = `${holes.length} hole${holes.length === 1 ? "" : "s"}`;
    if (this.#apply(document, spans, 1)) this.page.say(`Filled ${count}, ${area} px.`);
    else this.page.say(chosen ? "The chosen component has no hole." : "The mask has no hole.");
  }

  grow() {
    const { document } = this.page;
    if (!document) return;
    const spans = this.#readSpans(document);
    const grown = growSpans(spans, document, takesCorners(this.#step));
    if (this.#apply(document, grown, 1)) this.#step += 1;
    else this.page.say(spans.length ? "All is marked: nothing can grow." : "Nothing is marked.");
  }

  shrink() {
    const { document } = this.page;
    if (!document) return;
    const spans = this.#readSpans(document);
    const rim = findRim(spans, document.mask, document, takesCorners(this.#step - 1));
    if (this.#apply(document, rim, 0)) this.#step -= 1;
    else this.page.say(spans.length ? "All is marked: nothing shrinks." : "Nothing is marked.");
  }

  /** @param {ReviewDocument} document */
  #readSpans({ mask, width, height }) {
    return this.#readChosen() ?? readSpans(mask, width, height);
  }

  /**
   * The spans of the chosen component as it is in the mask, or null.
   * @returns {Span[] | null}
   */
  #readChosen() {
    return this.page.detector.selection.chosenInMask;
  }

  /**
   * @param {ReviewDocument} document
   * @param {Span[]} spans
   * @param {0 | 1} value
   */
  #apply(document, spans, value) {
    const { page } = this;
    if (page.locked) return false;
    page.detector.cancel();
    if (!document.fillSpans(spans, value)) return false;
    page.panes.invalidate();
    page.afterEdit();
    return true;
  }
}
