// Brush and eraser: round, with a hard edge, exact to the pixel. With Alt, or a pen's other end, the
// brush erases; the harder a pen presses, the larger it is.

import { toPane } from "../../viewer/geometry.js";
import { strokeTwice } from "./cross.js";
import { pressRadius, subtracts } from "./pen.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { Press, View } from "#types/review" */

export class BrushTool {
  setting = /** @type {const} */ ("size");
  /** @type {Point | null} */
  #from = null;
  /** @type {0 | 1} */
  #value = 0;

  /**
   * @param {string} id
   * @param {string} label
   * @param {string} key
   * @param {0 | 1} value what it leaves: 1 marks, 0 unmarks.
   * @param {() => number} radius in image px.
   */
  constructor(id, label, key, value, radius) {
    this.id = id;
    this.label = label;
    this.key = key;
    this.value = value;
    this.radius = radius;
  }

  /**
   * @param {ReviewDocument} document
   * @param {Point} point
   * @param {Press} event
   */
  press(document, point, event) {
    this.#from = point;
    this.#value = subtracts(event) ? 0 : this.value;
    document.beginStroke();
    document.stroke(point, point, pressRadius(this.radius(), event), this.#value);
  }

  /**
   * @param {ReviewDocument} document
   * @param {Point} point
   * @param {Press} event
   */
  move(document, point, event) {
    document.stroke(this.#from ?? point, point, pressRadius(this.radius(), event), this.#value);
    this.#from = point;
  }

  /** @param {ReviewDocument} document */
  release(document) {
    this.#from = null;
    return document.endStroke();
  }

  /** @param {ReviewDocument | null} document */
  cancel(document) {
    if (this.#from) document?.cancelStroke();
    this.#from = null;
  }

  /**
   * Outline what the next stroke covers.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   * @param {Point | null} pointer
   */
  draw(context, view, pane, pointer) {
    if (!pointer) return;
    const { x, y } = toPane(view, pane, pointer);
    const radius = Math.max(1.5, this.radius() * view.scale);
    strokeTwice(context, () => context.arc(x, y, radius, 0, 2 * Math.PI));
  }
}
