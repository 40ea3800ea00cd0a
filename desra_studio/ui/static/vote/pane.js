// One picture on a canvas, pixel for pixel.

import { make } from "../shared/dom.js";
import { clampView, placePicture } from "./view.js";

const GAP_PX = 24;
/** Up to this width of the window the pictures are one above the other; as in vote.css. */
const NARROW_PX = 640;

export class Pane {
  /** How far the picture lies from the middle, in screen pixels. */
  shift = 0;

  /** @param {number} side where its neighbour is: 1 at the right, -1 at the left, 0 nowhere. */
  constructor(side) {
    this.side = side;
    this.canvas = make("canvas", { role: "img" });
    this.caption = make("figcaption");
    this.element = make("figure", {}, this.canvas, this.caption);
  }

  /** Size in screen pixels. */
  get size() {
    const { width, height } = this.canvas.getBoundingClientRect();
    return {
      width: Math.max(1, Math.round(width * devicePixelRatio)),
      height: Math.max(1, Math.round(height * devicePixelRatio)),
    };
  }

  /** Draw a picture, or nothing, and the outline over it. */
  draw(picture, view, outline = null) {
    const { width, height } = this.size;
    const { canvas } = this;
    // Setting a canvas's size clears it, even to the same one.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    if (!picture) return;
    const shown = clampView(view, picture, { width, height });
    this.shift = this.#findShift(width - picture.width * shown.scale);
    const { left: middle, top } = placePicture(shown, { width, height });
    const left = middle + this.shift;
    // Twice, as the text stays in the middle of what is left.
    this.caption.style.textIndent = `${(2 * this.shift) / devicePixelRatio}px`;
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, left, top, picture.width * shown.scale, picture.height * shown.scale);
    if (outline) drawOutline(context, outline, left, top, shown.scale);
  }

  /** Small pictures stand near each other, so that eyes do not travel; unless one is above. */
  #findShift(room) {
    const isAbove = innerWidth <= NARROW_PX;
    const gap = GAP_PX * devicePixelRatio;
    return isAbove || room < 2 * gap ? 0 : Math.round(this.side * (room / 2 - gap));
  }
}

/** White dashes on black: seen on any ground. */
function drawOutline(context, points, left, top, scale) {
  context.beginPath();
  points.forEach(([x, y], place) => {
    const at = [left + (x + 0.5) * scale, top + (y + 0.5) * scale];
    if (place) context.lineTo(...at);
    else context.moveTo(...at);
  });
  context.closePath();
  context.lineWidth = 1.5 * devicePixelRatio;
  for (const [colour, dash] of [["#000", []], ["#fff", [5, 5]]]) {
    context.strokeStyle = colour;
    context.setLineDash(dash.map((length) => length * devicePixelRatio));
    context.stroke();
  }
}
