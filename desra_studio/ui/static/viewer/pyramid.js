// An image in halving sizes, so that a small view of a large image is quick and free of aliasing.

import { readPixel } from "./pixels.js";
import { pickLevel } from "./tile_plan.js";

/** @import { Size } from "#types/masks" */
/** @import { Drawing, Pixels, Place, View } from "#types/viewer" */

export class Pyramid {
  /**
   * What is to be said of it, if anything.
   * @type {string | undefined}
   */
  note;

  /**
   * @param {ImageBitmap[]} levels the image, then each half the size of the one before.
   * @param {Size} size at which it is shown, by default its own.
   */
  constructor(levels, { width, height } = levels[0]) {
    this.levels = levels;
    this.width = width;
    this.height = height;
    this.factor = width / levels[0].width;
  }

  get bytes() {
    return this.levels.reduce((sum, { width, height }) => sum + 4 * width * height, 0);
  }

  /**
   * Draw the whole image through a view; pixels are crisp above 1:1. Answers the note.
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   */
  draw(context, view, pane) {
    const { width, height } = this;
    const scale = view.scale * this.factor;
    context.imageSmoothingEnabled = scale < 1;
    drawThrough(context, this.pick(scale), { x: 0, y: 0, width, height }, view, pane);
    return this.note;
  }

  /**
   * The smallest level that has all the pixels that a scale of the first one shows.
   * @param {number} scale
   */
  pick(scale) {
    return this.levels[pickLevel(scale, this.levels.length - 1)];
  }

  /**
   * Copy a rectangle { x, y, width, height } pixel by pixel to a canvas's origin.
   * @param {Drawing} context
   * @param {Place} place
   */
  copy(context, { x, y, width, height }) {
    context.drawImage(this.levels[0], x, y, width, height, 0, 0, width, height);
    return true;
  }

  /**
   * The [red, green, blue] of a pixel.
   * @param {number} x
   * @param {number} y
   */
  read(x, y) {
    return readPixel((context) => context.drawImage(this.levels[0], x, y, 1, 1, 0, 0, 1, 1));
  }
}

/**
 * Draw what lies at a place of the image, cut to what the pane shows.
 *
 * With `whole` its edges lie on whole px of the pane: tiles side by side leave no line between them.
 * @param {Drawing} context
 * @param {Pixels} source
 * @param {Place} place
 * @param {View} view
 * @param {Size} pane
 */
export function drawThrough(context, source, place, view, pane, whole = false) {
  const left = Math.max(place.x, Math.floor(view.x - pane.width / 2 / view.scale));
  const top = Math.max(place.y, Math.floor(view.y - pane.height / 2 / view.scale));
  const right = Math.min(place.x + place.width, Math.ceil(view.x + pane.width / 2 / view.scale));
  const bottom = Math.min(place.y + place.height, Math.ceil(view.y + pane.height / 2 / view.scale));
  if (right <= left || bottom <= top) return;
  const fx = source.width / place.width;
  const fy = source.height / place.height;
  const round = whole ? Math.round : (/** @type {number} */ value) => value;
  const x = round((left - view.x) * view.scale + pane.width / 2);
  const y = round((top - view.y) * view.scale + pane.height / 2);
  context.drawImage(
    source,
    (left - place.x) * fx,
    (top - place.y) * fy,
    (right - left) * fx,
    (bottom - top) * fy,
    x,
    y,
    round((right - view.x) * view.scale + pane.width / 2) - x,
    round((bottom - view.y) * view.scale + pane.height / 2) - y,
  );
}
