// An image too large to be held as a whole: tiles of halving sizes, loaded as they are seen.

import { drawThrough } from "./pyramid.js";
import { readPixel } from "./pixels.js";
import { TileCache } from "./tile_cache.js";
import { findTop, listTiles, pickLevel } from "./tile_plan.js";

/** @import { Size } from "#types/masks" */
/** @import { DrawOptions, Drawing, Place, PlacedTile, View } from "#types/viewer" */

/** Images with a longer side are shown by tiles; up to here a browser holds them with ease. */
export const LARGEST_WHOLE = 4096;
const SIDE = 1024;
const KEPT = 48;
/** What is said of an image while some of its tiles are missing. */
export const LOADING_TILES = "loading full resolution";

export class Tiled {
  bytes = KEPT * 4 * SIDE ** 2;
  #onReady = () => {};

  /**
   * @param {Size} size of the image.
   * @param {(key: string) => Promise<ImageBitmap>} load fetches the tile "level/column_row".
   */
  constructor({ width, height }, load) {
    this.width = width;
    this.height = height;
    this.load = load;
    this.top = findTop(this, SIDE);
    this.cache = new TileCache(load, KEPT);
  }

  /** Load the whole image, small; until tiles come it is drawn. */
  async open() {
    this.whole = await this.load(`${this.top}/0_0`);
    return this;
  }

  /**
   * Draw through a view; answers what is to be said while some of its pixels are missing.
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {Partial<DrawOptions>} options
   */
  draw(context, view, pane, { invalidate } = {}) {
    if (invalidate) this.#onReady = invalidate;
    const level = pickLevel(view.scale, this.top);
    const tiles = this.#list(level, view, pane);
    for (const tile of tiles) tile.image = this.#get(tile.key);
    const complete = tiles.every(({ image }) => image);
    if (!complete) this.#drawCoarser(context, level + 1, view, pane);
    context.imageSmoothingEnabled = view.scale < 1;
    drawAll(context, tiles, view, pane);
    return complete ? undefined : LOADING_TILES;
  }

  /**
   * Copy a rectangle pixel by pixel to a canvas's origin; tells whether all of it was there.
   * @param {Drawing} context
   * @param {Place} place
   */
  copy(context, { x, y, width, height }) {
    const [view, pane] = [{ x: x + width / 2, y: y + height / 2, scale: 1 }, { width, height }];
    const tiles = this.#list(0, view, pane);
    for (const tile of tiles) tile.image = this.#get(tile.key);
    drawAll(context, tiles, view, pane);
    return tiles.every(({ image }) => image);
  }

  /**
   * The [red, green, blue] of a pixel; undefined where its tile is not there.
   * @param {number} x
   * @param {number} y
   */
  read(x, y) {
    const tile = this.cache.peek(`0/${Math.floor(x / SIDE)}_${Math.floor(y / SIDE)}`);
    if (!tile) return undefined;
    return readPixel((context) => context.drawImage(tile, x % SIDE, y % SIDE, 1, 1, 0, 0, 1, 1));
  }

  /**
   * @param {number} level
   * @param {View} view
   * @param {Size} pane
   */
  #list(level, view, pane) {
    return listTiles(this, SIDE, level, view, pane);
  }

  /** @param {string} key */
  #get(key) {
    return key === `${this.top}/0_0` ? this.whole : this.cache.get(key, () => this.#onReady());
  }

  /**
   * Draw what is there of the coarser levels: as little of it as hides the gaps.
   * @param {Drawing} context
   * @param {number} level
   * @param {View} view
   * @param {Size} pane
   */
  #drawCoarser(context, level, view, pane) {
    const tiles = this.#list(Math.min(level, this.top), view, pane);
    for (const tile of tiles) tile.image = level >= this.top ? this.whole : this.cache.peek(tile.key);
    if (!tiles.every(({ image }) => image)) this.#drawCoarser(context, level + 1, view, pane);
    context.imageSmoothingEnabled = true;
    drawAll(context, tiles, view, pane);
  }
}

/**
 * @param {Drawing} context
 * @param {PlacedTile[]} tiles
 * @param {View} view
 * @param {Size} pane
 */
function drawAll(context, tiles, view, pane) {
  for (const { image, place } of tiles) {
    if (image) drawThrough(context, image, place, view, pane, true);
  }
}
