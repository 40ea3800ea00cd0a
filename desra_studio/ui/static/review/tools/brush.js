// Brush and eraser: round, with a hard edge, exact to the pixel. With Alt the brush erases.

import { toPane } from "../../viewer/geometry.js";

export class BrushTool {
  setting = "size";
  #from = null;
  #value = 0;

  /**
   * @param {0 | 1} value what it leaves: 1 marks, 0 unmarks.
   * @param {() => number} radius in image px.
   */
  constructor(id, label, key, value, radius) {
    Object.assign(this, { id, label, key, value, radius });
  }

  press(document, point, event) {
    this.#from = point;
    this.#value = event.altKey ? 0 : this.value;
    document.beginStroke();
    document.stroke(point, point, this.radius(), this.#value);
  }

  move(document, point) {
    document.stroke(this.#from, point, this.radius(), this.#value);
    this.#from = point;
  }

  release(document) {
    this.#from = null;
    return document.endStroke();
  }

  cancel(document) {
    if (this.#from) document.cancelStroke();
    this.#from = null;
  }

  /** Outline what the next stroke covers. */
  draw(context, view, pane, pointer) {
    if (!pointer) return;
    const { x, y } = toPane(view, pane, pointer);
    for (const [colour, width] of [["#000", 3], ["#fff", 1]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, Math.max(1.5, this.radius() * view.scale), 0, 2 * Math.PI);
      context.stroke();
    }
  }
}
