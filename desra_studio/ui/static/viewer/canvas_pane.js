// One pane: a canvas that shows a picture, or says why there is none.

import { make } from "../shared/dom.js";

/** @import { Size } from "#types/masks" */

// The same grey in both themes: it decides how bright and coloured a picture looks.
const SURROUND = "#777";
const LINE_PX = 18;

export class CanvasPane {
  /** Px of the canvas to a px of CSS. */
  ratio = 1;
  canvas = make("canvas", { role: "img" });
  context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));

  /** What its canvas measures. */
  get size() {
    const { width, height } = this.canvas;
    return { width, height };
  }

  /**
   * Take a size; setting one clears a canvas, even to the same.
   * @param {Size} size in px of the canvas.
   * @param {number} ratio
   */
  resize({ width, height }, ratio = 1) {
    this.ratio = ratio;
    Object.assign(this.canvas, { width: Math.max(1, width), height: Math.max(1, height) });
  }

  /**
   * Tell people who cannot see it what it shows.
   * @param {string} name
   */
  set name(name) {
    if (this.canvas.ariaLabel !== name) this.canvas.ariaLabel = name;
  }

  clear() {
    const { context, canvas } = this;
    context.fillStyle = SURROUND;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }

  /**
   * Say in the pane why there is no picture.
   * @param {string} text
   */
  write(text) {
    const { context, canvas, ratio } = this;
    const room = canvas.width - 20 * ratio;
    context.fillStyle = "#000";
    context.font = `${14 * ratio}px ui-sans-serif, system-ui, sans-serif`;
    context.textAlign = "center";
    const lines = this.#wrap(text, room);
    const top = canvas.height / 2 - ((lines.length - 1) / 2) * LINE_PX * ratio;
    lines.forEach((line, at) => {
      context.fillText(line, canvas.width / 2, top + at * LINE_PX * ratio, room);
    });
  }

  /**
   * @param {string} text
   * @param {number} room
   */
  #wrap(text, room) {
    /** @type {string[]} */
    const lines = [];
    for (const word of text.split(" ")) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && this.context.measureText(longer).width <= room) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }
}
