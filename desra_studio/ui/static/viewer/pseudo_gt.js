// The pseudo-GT of the mask as it is now: MSE-SR inside it, GAN-SR outside, with a soft edge.
//
// Composed here, so that it follows every stroke; each value is within 2 of 255 of what fine-tuning
// composes from the saved mask, which does not round the weights to 8 bits.

import { FEATHER, featherMask } from "./feather.js";
import { drawThrough } from "./pyramid.js";
import { TileGrid } from "./tile_grid.js";

/** @import { MaskLayer } from "./mask_layer.js" */
/** @import { Rectangle, Size } from "#types/masks" */
/** @import { DrawOptions, Drawing, MadeTile, Rendition, View } from "#types/viewer" */

const TILE = 256;
const BUDGET_MS = 8;
const COMPOSING = "composing …";

export class PseudoGt {
  /**
   * @param {Size & { mask: Uint8Array, layer: MaskLayer }} document
   * @param {Rendition} gan
   * @param {Rendition} mse
   */
  constructor({ mask, layer, width, height }, gan, mse) {
    this.mask = mask;
    this.gan = gan;
    this.mse = mse;
    this.size = { width, height };
    this.grid = new TileGrid(this.size, TILE, FEATHER);
    layer.followers.add((rectangle) => this.grid.invalidate(rectangle));
  }

  /**
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {DrawOptions} options
   */
  draw(context, view, pane, options) {
    const note = this.gan.draw(context, view, pane, options);
    const smooth = view.scale < 1;
    /** @type {(tile: MadeTile, changed: Rectangle | null) => void} */
    const draw = (tile, changed) => {
      if (changed && !this.#paint(tile, changed)) tile.changed = changed;
      if (!tile.canvas) return;
      context.imageSmoothingEnabled = smooth;
      drawThrough(context, tile.canvas, tile.place, view, pane, true);
    };
    if (this.grid.visit(view, pane, draw, BUDGET_MS)) return note;
    options.invalidate();
    return COMPOSING;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  read(x, y) {
    const weights = featherMask(this.mask, this.size, { x0: x, y0: y, x1: x + 1, y1: y + 1 });
    const weight = (weights?.[0] ?? 0) / 255;
    const [gan, mse] = [this.gan.read(x, y), this.mse.read(x, y)];
    return gan && mse && gan.map((value, at) => Math.round(weight * mse[at] + (1 - weight) * value));
  }

  /**
   * Bring a part of a tile up to date; tells whether MSE-SR was there for it.
   * @param {MadeTile} tile
   * @param {Rectangle} changed
   */
  #paint(tile, { x0, y0, x1, y1 }) {
    const weights = featherMask(this.mask, this.size, { x0, y0, x1, y1 });
    if (!weights && !tile.canvas) return true;
    tile.canvas ??= new OffscreenCanvas(tile.place.width, tile.place.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.canvas.getContext("2d"));
    const [x, y] = [x0 - tile.place.x, y0 - tile.place.y];
    const [width, height] = [x1 - x0, y1 - y0];
    context.clearRect(x, y, width, height);
    if (!weights) return true;
    const part = new OffscreenCanvas(width, height);
    const drawing = /** @type {OffscreenCanvasRenderingContext2D} */ (part.getContext("2d"));
    drawing.putImageData(toAlpha(weights, width), 0, 0);
    drawing.globalCompositeOperation = "source-in";
    const there = this.mse.copy(drawing, { x: x0, y: y0, width, height });
    if (there) context.drawImage(part, x, y);
    return there;
  }
}

/**
 * @param {Uint8ClampedArray} weights
 * @param {number} width
 */
function toAlpha(weights, width) {
  const image = new ImageData(width, weights.length / width);
  for (let at = 0; at < weights.length; at++) image.data[4 * at + 3] = weights[at];
  return image;
}
