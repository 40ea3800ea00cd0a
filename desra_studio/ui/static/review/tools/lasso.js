// Lasso: drag around what to mark; with Alt it is unmarked.

import { fillPolygon } from "../../masks/polygon.js";
import { drawCross, drawLine } from "./cross.js";
import { subtracts } from "./pen.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { Press, Sign, View } from "#types/review" */

export class LassoTool {
  id = "lasso";
  label = "Lasso";
  key = "l";
  subtracts = true;
  /** @type {Point[] | null} */
  #points = null;
  /** @type {0 | 1} */
  #value = 1;

  /** @param {() => Sign} sign what the next drag does. */
  constructor(sign) {
    this.sign = sign;
  }

  /**
   * @param {ReviewDocument} _document
   * @param {Point} point
   * @param {Press} event
   */
  press(_document, point, event) {
    this.#points = [point];
    this.#value = subtracts(event) ? 0 : 1;
  }

  /**
   * @param {ReviewDocument} _document
   * @param {Point} point
   */
  move(_document, point) {
    this.#points?.push(point);
  }

  /** @param {ReviewDocument} document */
  release(document) {
    const points = this.#points ?? [];
    this.cancel();
    return document.fillSpans(fillPolygon(points, document), this.#value);
  }

  cancel() {
    this.#points = null;
  }

  /**
   * @param {ReviewDocument} _document
   * @param {string} key
   */
  keys(_document, key) {
    if (key !== "escape" || !this.#points) return false;
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
    if (this.#points) drawLine(context, view, pane, [...this.#points, this.#points[0]]);
    drawCross(context, view, pane, pointer, this.#points ? (this.#value ? "+" : "−") : this.sign());
  }
}
