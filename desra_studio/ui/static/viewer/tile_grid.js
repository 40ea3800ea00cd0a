// A grid of tiles over an image, each made when it is first seen and mended where it changed.

/** @import { Rectangle, Size } from "#types/masks" */
/** @import { MadeTile, Place, View } from "#types/viewer" */

export class TileGrid {
  /** @type {Map<number, MadeTile>} By their place in reading order. */
  #tiles = new Map();

  /**
   * @param {Size} size of the image.
   * @param {number} side of a tile in image px.
   * @param {number} margin how far a changed pixel changes the tiles around it, in image px.
   */
  constructor(size, side, margin) {
    this.size = size;
    this.side = side;
    this.margin = margin;
    this.columns = Math.ceil(size.width / side);
    this.rows = Math.ceil(size.height / side);
  }

  /**
   * Note that a rectangle changed.
   * @param {Rectangle} rectangle
   */
  invalidate({ x0, y0, x1, y1 }) {
    const { margin, side } = this;
    const changed = {
      x0: Math.max(0, x0 - margin),
      y0: Math.max(0, y0 - margin),
      x1: Math.min(this.size.width, x1 + margin),
      y1: Math.min(this.size.height, y1 + margin),
    };
    for (let row = Math.floor(changed.y0 / side); row * side < changed.y1; row++) {
      for (let column = Math.floor(changed.x0 / side); column * side < changed.x1; column++) {
        const tile = this.#tiles.get(row * this.columns + column);
        if (tile) tile.changed = join(tile.changed, meet(changed, tile.bounds));
      }
    }
  }

  /**
   * Go through what a pane shows: `act(tile, changed)`, with what to bring up to date or null.
   *
   * Making new tiles may take up to `budget` ms, so that no frame waits for many of them; those that
   * have to wait are visited as `act(tile, null)`. Tells whether all are there.
   * @param {View} view
   * @param {Size} pane
   * @param {(tile: MadeTile, changed: Rectangle | null) => void} act
   * @param {number} budget
   */
  visit(view, pane, act, budget = Infinity) {
    const { side } = this;
    const halfWidth = pane.width / 2 / view.scale;
    const halfHeight = pane.height / 2 / view.scale;
    const last = {
      row: Math.min(this.rows - 1, Math.floor((view.y + halfHeight) / side)),
      column: Math.min(this.columns - 1, Math.floor((view.x + halfWidth) / side)),
    };
    const first = Math.max(0, Math.floor((view.x - halfWidth) / side));
    const deadline = performance.now() + budget;
    let complete = true;
    for (let row = Math.max(0, Math.floor((view.y - halfHeight) / side)); row <= last.row; row++) {
      for (let column = first; column <= last.column; column++) {
        const tile = this.#take(row, column);
        const { changed } = tile;
        const isNew = changed === tile.bounds;
        if (isNew && performance.now() > deadline) {
          complete = false;
          act(tile, null);
          continue;
        }
        tile.changed = null;
        act(tile, changed);
      }
    }
    return complete;
  }

  /**
   * A tile { bounds, place, changed }; a new one has to be made as a whole.
   * @param {number} row
   * @param {number} column
   */
  #take(row, column) {
    const index = row * this.columns + column;
    let tile = this.#tiles.get(index);
    if (!tile) {
      const bounds = {
        x0: column * this.side,
        y0: row * this.side,
        x1: Math.min(this.size.width, (column + 1) * this.side),
        y1: Math.min(this.size.height, (row + 1) * this.side),
      };
      tile = { bounds, place: this.#place(bounds), changed: bounds };
      this.#tiles.set(index, tile);
    }
    return tile;
  }

  /**
   * Where a tile lies; its size is a multiple of the margin, which a block of pixels is.
   * @param {Rectangle} bounds
   * @returns {Place}
   */
  #place({ x0, y0, x1, y1 }) {
    /** @param {number} length */
    const round = (length) => Math.ceil(length / this.margin) * this.margin;
    return { x: x0, y: y0, width: round(x1 - x0), height: round(y1 - y0) };
  }
}

/** @type {(a: Rectangle, b: Rectangle) => Rectangle} */
const meet = (a, b) => ({
  x0: Math.max(a.x0, b.x0),
  y0: Math.max(a.y0, b.y0),
  x1: Math.min(a.x1, b.x1),
  y1: Math.min(a.y1, b.y1),
});

/** @type {(a: Rectangle | null, b: Rectangle) => Rectangle} */
const join = (a, b) =>
  a
    ? {
        x0: Math.min(a.x0, b.x0),
        y0: Math.min(a.y0, b.y0),
        x1: Math.max(a.x1, b.x1),
        y1: Math.max(a.y1, b.y1),
      }
    : b;
