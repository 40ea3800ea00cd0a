// Split: drag a line across components to cut them in two.

import { findCut } from "../../masks/split.js";
import { drawCross, drawLine } from "./cross.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { View } from "#types/review" */

export class SplitTool {
  id = "split";
  label = "Split";
  key = "shift+f";
  /** @type {{ start: Point, end: Point } | null} */
  #line = null;

  /** @param {(text: string) => void} say tells why nothing was cut. */
  constructor(say) {
    this.say = say;
  }

  /**
   * @param {ReviewDocument} _document
   * @param {Point} point
   */
  press(_document, point) {
    this.#line = { start: point, end: point };
  }

  /**
   * @param {ReviewDocument} _document
   * @param {Point} point
   */
  move(_document, point) {
    if (this.#line) this.#line.end = point;
  }

  /** @param {ReviewDocument} document */
  release(document) {
    if (!this.#line) return false;
    const cut = findCut(document.mask, document, this.#line.start, this.#line.end);
    this.cancel();
    if (cut.length === 0) this.say("Nothing falls apart there: drag from side to side, all across.");
    return document.fillSpans(cut, 0);
  }

  cancel() {
    this.#line = null;
  }

  /**
   * @param {ReviewDocument} _document
   * @param {string} key
   */
  keys(_document, key) {
    if (key !== "escape" || !this.#line) return false;
    this.cancel();
    return true;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   * @param {Point | null} pointer
   */
  draw(context, view, pane, pointer) {
    if (this.#line) drawLine(context, view, pane, [this.#line.start, this.#line.end]);
    drawCross(context, view, pane, pointer);
  }
}
