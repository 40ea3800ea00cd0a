// Lasso: drag around what to mark; with Alt it is unmarked.

import { fillPolygon } from "../../masks/polygon.js";
import { drawCross, drawLine } from "./cross.js";

export class LassoTool {
  id = "lasso";
  label = "Lasso";
  key = "l";
  subtracts = true;
  #points = null;
  #value = 1;

  /** @param {() => "+" | "−"} sign what the next drag does. */
  constructor(sign) {
    this.sign = sign;
  }

  press(document, point, event) {
    this.#points = [point];
    this.#value = event.altKey ? 0 : 1;
  }

  move(document, point) {
    this.#points?.push(point);
  }

  release(document) {
    const points = this.#points ?? [];
    this.cancel();
    return document.fillSpans(fillPolygon(points, document), this.#value);
  }

  cancel() {
    this.#points = null;
  }

  keys(document, key) {
    if (key !== "escape" || !this.#points) return false;
    this.cancel();
    return true;
  }

  draw(context, view, pane, pointer) {
    if (this.#points) drawLine(context, view, pane, [...this.#points, this.#points[0]]);
    drawCross(context, view, pane, pointer, this.#points ? (this.#value ? "+" : "−") : this.sign());
  }
}
