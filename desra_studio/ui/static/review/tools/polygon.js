// Polygon: each click adds a corner; a double click, Enter, or a click on the first corner closes
// it. Escape drops it, Backspace takes the last corner back. Begun with Alt it unmarks.

import { fillPolygon } from "../../masks/polygon.js";
import { drawCorner, drawCross, drawLine } from "./cross.js";
import { subtracts } from "./pen.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { Press, Sign, View } from "#types/review" */

const NEAR_PX = 8; // on the screen
const DOUBLE_MS = 400;

export class PolygonTool {
  id = "polygon";
  label = "Polygon";
  key = "p";
  subtracts = true;
  /** @type {Point[]} */
  #corners = [];
  /** @type {0 | 1} */
  #value = 1;
  /** @type {Pick<Press, "clientX" | "clientY" | "timeStamp"> | null} */
  #last = null;
  #scale = 1;
  #closes = false;

  /**
   * @param {() => Sign} sign what a polygon begun now does.
   * @param {() => void} onClosed hears of one that a key closed and that changed the mask.
   */
  constructor(sign, onClosed) {
    this.sign = sign;
    this.onClosed = onClosed;
  }

  /**
   * @param {ReviewDocument} _document
   * @param {Point} point
   * @param {Press} event
   */
  press(_document, point, event) {
    const { clientX, clientY, timeStamp } = event;
    const last = this.#last;
    this.#last = { clientX, clientY, timeStamp };
    const isDouble =
      last !== null &&
      timeStamp - last.timeStamp < DOUBLE_MS &&
      Math.hypot(clientX - last.clientX, clientY - last.clientY) < NEAR_PX;
    if (this.#corners.length === 0) this.#value = subtracts(event) ? 0 : 1;
    this.#closes = this.#corners.length > 2 && (isDouble || this.#isAtStart(point));
    // The second click of two adds no corner: it lies on the one before.
    if (!this.#closes && !(isDouble && this.#corners.length)) this.#corners.push(point);
  }

  /**
   * The corner follows until the button is up.
   * @param {ReviewDocument} _document
   * @param {Point} point
   */
  move(_document, point) {
    if (!this.#closes && this.#corners.length) this.#corners[this.#corners.length - 1] = point;
  }

  /** @param {ReviewDocument} document */
  release(document) {
    return this.#closes && this.#close(document);
  }

  cancel() {
    this.#corners = [];
    this.#last = null;
    this.#closes = false;
  }

  /**
   * While a polygon is open its keys come before the page's.
   * @param {ReviewDocument} document
   * @param {string} key
   */
  keys(document, key) {
    if (this.#corners.length === 0) return false;
    if (key === "enter") {
      if (this.#close(document)) this.onClosed();
    } else if (key === "escape") this.cancel();
    else if (key === "backspace" || key === "ctrl+z") this.#corners.pop();
    else return false;
    return true;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   * @param {Point | null} pointer
   */
  draw(context, view, pane, pointer) {
    this.#scale = view.scale;
    const corners = this.#corners;
    if (corners.length) {
      drawLine(context, view, pane, pointer ? [...corners, pointer] : corners);
      const closes = corners.length > 2 && pointer !== null && this.#isAtStart(pointer);
      corners.forEach((corner, index) =>
        drawCorner(context, view, pane, corner, index === 0 && closes),
      );
    }
    const sign = corners.length ? (this.#value ? "+" : "−") : this.sign();
    drawCross(context, view, pane, pointer, sign);
  }

  /** @param {ReviewDocument} document */
  #close(document) {
    const corners = this.#corners;
    this.cancel();
    return document.fillSpans(fillPolygon(corners, document), this.#value);
  }

  /** @param {Point} point */
  #isAtStart({ x, y }) {
    const [start] = this.#corners;
    return Math.hypot(x - start.x, y - start.y) * this.#scale < NEAR_PX;
  }
}
