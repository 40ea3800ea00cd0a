// The LR image enlarged by our own bicubic interpolation: browsers each have another.

import { reachSource } from "./bicubic.js";
import { askWorker } from "./pixel_workers.js";
import { drawThrough } from "./pyramid.js";
import { TileCache } from "./tile_cache.js";
import { listTiles } from "./tile_plan.js";

/** @import { Pyramid } from "./pyramid.js" */
/** @import { Size } from "#types/masks" */
/** @import { DrawOptions, Drawing, View } from "#types/viewer" */

const SIDE = 512;
const KEPT = 64;

export class BicubicView {
  #onReady = () => {};

  /**
   * @param {Pyramid} lr the LR image.
   * @param {Size} size of the record.
   */
  constructor(lr, { width, height }) {
    this.lr = lr;
    this.width = width;
    this.height = height;
    this.factor = { x: width / lr.width, y: height / lr.height };
    this.cache = new TileCache((/** @type {string} */ key) => this.#make(key), KEPT);
  }

  /**
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {DrawOptions} options
   */
  draw(context, view, pane, { invalidate }) {
    this.#onReady = invalidate;
    const { lr, width, height, factor } = this;
    // What the browser makes of it hides the gaps, and is the same where LR has all pixels shown.
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    const whole = { x: 0, y: 0, width, height };
    drawThrough(context, lr.pick(view.scale * factor.x), whole, view, pane);
    context.imageSmoothingQuality = "low";
    if (view.scale * factor.x <= 1) return;
    context.imageSmoothingEnabled = view.scale < 1;
    for (const { key, place } of listTiles(this, SIDE, 0, view, pane)) {
      const image = this.cache.get(key, () => this.#onReady());
      if (image) drawThrough(context, image, place, view, pane, true);
    }
  }

  /** @param {string} key */
  #make(key) {
    const { lr, factor, width, height } = this;
    const [column, row] = key.slice(key.indexOf("/") + 1).split("_").map(Number);
    const [x0, y0] = [column * SIDE, row * SIDE];
    const tile = { x0, y0, x1: Math.min(width, x0 + SIDE), y1: Math.min(height, y0 + SIDE) };
    const across = reachSource(tile.x0, tile.x1, factor.x, lr.width);
    const down = reachSource(tile.y0, tile.y1, factor.y, lr.height);
    const place = {
      left: across.from,
      top: down.from,
      width: across.to - across.from,
      height: down.to - down.from,
    };
    const canvas = new OffscreenCanvas(place.width, place.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      canvas.getContext("2d", { willReadFrequently: true })
    );
    lr.copy(context, { ...place, x: place.left, y: place.top });
    const { data } = context.getImageData(0, 0, place.width, place.height);
    const source = { ...place, data };
    const size = { width: lr.width, height: lr.height };
    return askWorker("enlarge", { source, size, factor, tile });
  }
}
