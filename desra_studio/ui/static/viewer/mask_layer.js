// The mask as pixels to look at: tile canvases where something is marked, brought up to date when
// they are next seen. One canvas for the whole mask would be copied as a whole on every write after
// a read. Small views of large masks are drawn from sheets of blocks, not of pixels.

import { toPane } from "./geometry.js";
import { listFills, readMaskColour } from "./mask_colours.js";
import { mixInk, paintBlocks } from "./mask_sheet.js";
import { drawThrough } from "./pyramid.js";
import { TileGrid } from "./tile_grid.js";

/** @import { Rectangle, Size } from "#types/masks" */
/** @import { Drawing, MadeTile, MaskInk, View } from "#types/viewer" */

const TILE = 512;
// Of the sheets: pixels are drawn of images up to the one, blocks down to the other.
const OVERVIEW = 1024;
const SMALLEST = 256;

export class MaskLayer {
  /**
   * Who else hears of every rectangle that changed.
   * @type {Set<(rectangle: Rectangle) => void>}
   */
  followers = new Set();

  /**
   * @param {Uint8Array} mask of 0 and 1, row by row.
   * @param {number} width
   * @param {number} height
   * @param {{ contour?: boolean }} [options] whether it has one.
   */
  constructor(mask, width, height, { contour = true } = {}) {
    this.size = { width, height };
    /** What it is painted with; `paintWith` sets it. */
    this.ink = mixInk(listFills(readMaskColour()));
    const longest = Math.max(width, height);
    const factors = [1];
    const first = 2 ** Math.max(1, Math.ceil(Math.log2(longest / OVERVIEW)));
    // A block is half a px to one of the screen, so that the contour is seen from far away, too.
    for (let factor = first; longest / factor >= SMALLEST; factor *= 2) factors.push(factor);
    /** @type {Sheet[]} */
    this.sheets = [];
    for (const factor of factors.reverse()) {
      this.sheets.unshift(new Sheet(this, mask, factor, contour, this.sheets[0]));
    }
  }

  /**
   * Take other colours.
   * @param {MaskInk} ink
   */
  paintWith(ink) {
    this.ink = ink;
    const whole = { x0: 0, y0: 0, x1: this.size.width, y1: this.size.height };
    for (const sheet of this.sheets) sheet.grid.invalidate(whole);
  }

  /**
   * Bring a rectangle { x0, y0, x1, y1 } up to date with the mask, when it is next drawn.
   * @param {Rectangle} rectangle
   */
  paint(rectangle) {
    for (const sheet of this.sheets) sheet.grid.invalidate(rectangle);
    for (const follow of this.followers) follow(rectangle);
  }

  /**
   * Draw the mask through a view: its fill with an opacity of 0 to 1, its contour always.
   *
   * With a `budget` in ms it may leave out pixels and draw blocks; tells whether it had time for all.
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {number} opacity
   * @param {number} budget
   */
  draw(context, view, pane, opacity, budget = Infinity) {
    const fits = (/** @type {Sheet} */ { factor }) => factor === 1 || view.scale <= 1 / factor;
    const sheet = /** @type {Sheet} */ (this.sheets.findLast(fits));
    return sheet.draw(context, view, pane, opacity, budget);
  }
}

/** The mask in blocks of `factor` px a side. */
class Sheet {
  /**
   * @param {{ size: Size, ink: MaskInk }} layer has the image's size, and what is painted with.
   * @param {Uint8Array} mask
   * @param {number} factor
   * @param {boolean} contour
   * @param {Sheet | undefined} coarser is drawn where tiles of this one take too long to be made.
   */
  constructor(layer, mask, factor, contour, coarser) {
    const { size } = layer;
    this.layer = layer;
    this.mask = mask;
    this.size = size;
    this.factor = factor;
    this.contour = contour;
    this.coarser = coarser;
    this.grid = new TileGrid(size, TILE * factor, factor);
  }

  /**
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {number} opacity
   * @param {number} [budget]
   */
  draw(context, view, pane, opacity, budget) {
    /** @type {MadeTile[]} */
    const missing = [];
    context.imageSmoothingEnabled = view.scale < 1;
    /** @type {(tile: MadeTile, changed: Rectangle | null) => void} */
    const draw = (tile, changed) => {
      if (changed) this.#paint(tile, changed);
      else if (tile.changed) missing.push(tile);
      if (!tile.fill || !tile.edge) return;
      if (opacity) {
        context.globalAlpha = opacity;
        drawThrough(context, tile.fill, tile.place, view, pane, true);
        context.globalAlpha = 1;
      }
      if (this.contour) drawThrough(context, tile.edge, tile.place, view, pane, true);
    };
    const complete = this.grid.visit(view, pane, draw, this.coarser ? budget : Infinity);
    if (!complete) this.#drawCoarser(missing, context, view, pane, opacity);
    return complete;
  }

  /**
   * Draw blocks where pixels are not there yet.
   * @param {MadeTile[]} tiles
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {number} opacity
   */
  #drawCoarser(tiles, context, view, pane, opacity) {
    context.save();
    context.beginPath();
    for (const { place } of tiles) {
      const start = toPane(view, pane, place);
      const end = toPane(view, pane, { x: place.x + place.width, y: place.y + place.height });
      const [x, y] = [Math.round(start.x), Math.round(start.y)];
      context.rect(x, y, Math.round(end.x) - x, Math.round(end.y) - y);
    }
    context.clip();
    this.coarser?.draw(context, view, pane, opacity);
    context.restore();
  }

  /**
   * @param {MadeTile} tile
   * @param {Rectangle} changed
   */
  #paint(tile, { x0, y0, x1, y1 }) {
    const { factor } = this;
    const rectangle = {
      x0: Math.floor(x0 / factor),
      y0: Math.floor(y0 / factor),
      x1: Math.ceil(x1 / factor),
      y1: Math.ceil(y1 / factor),
    };
    const painted = paintBlocks(this.mask, this.size, factor, rectangle, this.layer.ink);
    if (!painted && !tile.fill) return;
    const width = rectangle.x1 - rectangle.x0;
    const left = rectangle.x0 - tile.place.x / factor;
    const top = rectangle.y0 - tile.place.y / factor;
    for (const kind of /** @type {const} */ (["fill", "edge"])) {
      tile[kind] ??= new OffscreenCanvas(tile.place.width / factor, tile.place.height / factor);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (tile[kind].getContext("2d"));
      if (painted) context.putImageData(toImage(painted[kind], width), left, top);
      else context.clearRect(left, top, width, rectangle.y1 - rectangle.y0);
    }
  }
}

/**
 * @param {Uint32Array<ArrayBuffer>} pixels
 * @param {number} width
 */
const toImage = (pixels, width) => new ImageData(new Uint8ClampedArray(pixels.buffer), width);
