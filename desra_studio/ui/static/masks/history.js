// Undo and redo of a mask: each action keeps the 128 px tiles it changed as they were before.

import { countTiles, placeTile, readTile, TILE, writeTile } from "./tiles.js";

/** @import { Rectangle, Span, Tile } from "#types/masks" */

export const DEPTH = 200;

/**
 * @template Source
 * @typedef {{
 *   tiles: Map<number, Uint8Array>,
 *   source: Source | null,
 *   group: number | null,
 *   from: number,
 *   at: number,
 * }} Action the tiles as they were before, and the serial of the state that it led away from.
 */

/** @template [Source=unknown] */
export class History {
  /** @type {Set<number>} */
  #changed = new Set();

  /**
   * @param {Uint8Array} mask row by row, changed in place by undo and redo.
   * @param {number} width
   * @param {number} height
   */
  constructor(mask, width, height) {
    this.mask = mask;
    this.width = width;
    this.height = height;
    /** @type {Action<Source>[]} */
    this.undone = [];
    /** @type {Action<Source>[]} */
    this.done = [];
    /** @type {Map<number, Uint8Array> | null} */
    this.open = null;
    this.serial = 0;
    this.savedSerial = 0;
    /** @type {Source | null} What the mask was made of; goes back and forth with it. */
    this.source = null;
  }

  /** Start an action; everything until `commit` is undone in one step. */
  begin() {
    this.open = new Map();
  }

  /**
   * Remember the tiles under a rectangle before they are written to.
   * @param {Rectangle} rectangle
   */
  touch({ x0, y0, x1, y1 }) {
    const columns = Math.ceil(this.width / TILE);
    for (let row = Math.floor(y0 / TILE); row * TILE < y1; row++) {
      for (let column = Math.floor(x0 / TILE); column * TILE < x1; column++) {
        this.#keep(row * columns + column);
      }
    }
  }

  /**
   * End the action; one that changed no pixel leaves no trace. Tells whether it did.
   *
   * Actions in a row with the same group, a number, become one: what a slider does while it moves.
   * @param {number | null} group
   */
  commit(group = null) {
    const before = this.#end();
    this.#dropUnchanged(before);
    if (before.size === 0) return false;
    this.undone = [];
    const last = this.done.at(-1);
    if (group !== null && last?.group === group) return this.#join(last, before);
    this.#push(this.done, { tiles: before, source: this.source, group });
    if (this.done.length > DEPTH) this.done.shift();
    this.current = ++this.serial;
    return true;
  }

  /** Give the action up that was begun; returns the rectangles that change back. */
  abandon() {
    const before = this.#end();
    for (const [index, tile] of before) this.#write(index, tile);
    return [...before.keys()].map((index) => this.#rectangle(index));
  }

  /**
   * Write a whole mask as one action; returns the rectangles that changed.
   * @param {Uint8Array} mask
   * @param {number | null} group
   */
  replace(mask, group = null) {
    this.begin();
    /** @type {Rectangle[]} */
    const rectangles = [];
    const tiles = countTiles(this.width, this.height);
    for (let index = 0; index < tiles; index++) {
      const rectangle = this.#rectangle(index);
      if (!this.#differs(mask, rectangle)) continue;
      this.touch(rectangle);
      for (let y = rectangle.y0; y < rectangle.y1; y++) {
        const start = y * this.width + rectangle.x0;
        this.mask.set(mask.subarray(start, y * this.width + rectangle.x1), start);
      }
      rectangles.push(rectangle);
    }
    this.commit(group);
    return rectangles;
  }

  /**
   * Write a value to rows of pixels as one action; returns the rectangles that changed.
   * @param {Span[]} spans
   * @param {0 | 1} value
   */
  fill(spans, value) {
    this.begin();
    for (const { y, from, to } of spans) {
      const [start, end] = [y * this.width + from, y * this.width + to];
      let at = start;
      while (at < end && this.mask[at] === value) at++;
      if (at === end) continue;
      this.touch({ x0: from, y0: y, x1: to, y1: y + 1 });
      this.mask.fill(value, at, end);
    }
    const rectangles = [...this.#opened.keys()].map((index) => this.#rectangle(index));
    this.commit();
    return rectangles;
  }

  /**
   * Write a value to px, given by index, within the open action; null gives back what they were
   * before it. Returns the rectangles of the tiles they lie in.
   * @param {Iterable<number>} pixels
   * @param {0 | 1 | null} value
   */
  writePixels(pixels, value) {
    const columns = Math.ceil(this.width / TILE);
    /** @type {Set<number>} */
    const touched = new Set();
    let tile = -1;
    /** @type {Uint8Array} */
    let before = new Uint8Array();
    let place = { x0: 0, y0: 0, x1: 0, y1: 0 };
    for (const index of pixels) {
      const y = Math.floor(index / this.width);
      const x = index - y * this.width;
      const now = Math.floor(y / TILE) * columns + Math.floor(x / TILE);
      if (now !== tile) {
        tile = now;
        touched.add(tile);
        before = this.#keep(tile);
        place = this.#rectangle(tile);
      }
      const { x0, y0, x1 } = place;
      this.mask[index] = value ?? before[(y - y0) * (x1 - x0) + x - x0];
    }
    return [...touched].map((index) => this.#rectangle(index));
  }

  /** Take the last action back; returns the rectangles that changed, null where there is none. */
  undo() {
    return this.#swap(this.done, this.undone);
  }

  /** Do the last undone action again. */
  redo() {
    return this.#swap(this.undone, this.done);
  }

  /**
   * Take all tiles [{ index, pixels }] that may have changed since this was called last.
   * @returns {Tile[]}
   */
  takeChanged() {
    const tiles = [...this.#changed].map((index) => ({ index, pixels: this.#read(index) }));
    this.#changed.clear();
    return tiles;
  }

  /** Whether `takeChanged` has anything to tell. */
  get hasChanged() {
    return this.#changed.size > 0;
  }

  /** The states, by serial, that the actions since the last save led to; the current one is last. */
  listUnsaved() {
    if (!this.dirty) return [];
    const first = this.done.findIndex(({ from }) => from === this.savedSerial);
    // Undone beyond the save, or saved so long ago that undo forgot it.
    if (first < 0) return [this.current];
    return [...this.done.slice(first + 1).map(({ from }) => from), this.current];
  }

  /** Whether the pixels differ from the saved ones. */
  get dirty() {
    return this.current !== this.savedSerial;
  }

  /** When the action was done, or done again, that `undo` takes back; undefined where none is. */
  get doneAt() {
    return this.done.at(-1)?.at;
  }

  /** When the action was undone that `redo` does again; undefined where none is. */
  get undoneAt() {
    return this.undone.at(-1)?.at;
  }

  current = 0;

  /** The tiles of the action that was begun, as they were before it. */
  get #opened() {
    if (!this.open) throw new Error("No action was begun.");
    return this.open;
  }

  #end() {
    const before = this.#opened;
    this.open = null;
    return before;
  }

  /**
   * Remember a tile before it is written to in the open action.
   * @param {number} index
   * @returns {Uint8Array} as it was before.
   */
  #keep(index) {
    const opened = this.#opened;
    const before = opened.get(index) ?? this.#read(index);
    opened.set(index, before);
    this.#changed.add(index);
    return before;
  }

  /**
   * @param {Action<Source>[]} actions
   * @param {Omit<Action<Source>, "from" | "at">} action
   */
  #push(actions, action) {
    actions.push({ ...action, from: this.current, at: performance.now() });
  }

  /**
   * @param {Action<Source>[]} source
   * @param {Action<Source>[]} target
   */
  #swap(source, target) {
    const action = source.pop();
    if (!action) return null;
    /** @type {Map<number, Uint8Array>} */
    const reverse = new Map();
    /** @type {Rectangle[]} */
    const rectangles = [];
    for (const [index, tile] of action.tiles) {
      reverse.set(index, this.#read(index));
      this.#write(index, tile);
      rectangles.push(this.#rectangle(index));
    }
    this.#push(target, { tiles: reverse, source: this.source, group: null });
    this.current = action.from;
    this.source = action.source;
    return rectangles;
  }

  /**
   * Make an action part of the last one; where both together changed nothing, none is left.
   * @param {Action<Source>} last
   * @param {Map<number, Uint8Array>} before
   */
  #join(last, before) {
    for (const [index, tile] of before) {
      if (!last.tiles.has(index)) last.tiles.set(index, tile);
    }
    this.#dropUnchanged(last.tiles);
    last.at = performance.now();
    this.current = last.tiles.size ? ++this.serial : last.from;
    if (last.tiles.size === 0) this.done.pop();
    return true;
  }

  /** @param {Map<number, Uint8Array>} tiles */
  #dropUnchanged(tiles) {
    for (const [index, tile] of tiles) {
      if (this.#holds(index, tile)) tiles.delete(index);
    }
  }

  /**
   * Whether the mask is still as a tile remembers it.
   * @param {number} index
   * @param {Uint8Array} tile
   */
  #holds(index, tile) {
    const { x0, y0, x1, y1 } = this.#rectangle(index);
    let at = 0;
    for (let y = y0; y < y1; y++) {
      for (let i = y * this.width + x0; i < y * this.width + x1; i++) {
        if (this.mask[i] !== tile[at++]) return false;
      }
    }
    return true;
  }

  /**
   * @param {Uint8Array} mask
   * @param {Rectangle} rectangle
   */
  #differs(mask, { x0, y0, x1, y1 }) {
    for (let y = y0; y < y1; y++) {
      for (let i = y * this.width + x0; i < y * this.width + x1; i++) {
        if (mask[i] !== this.mask[i]) return true;
      }
    }
    return false;
  }

  /** @param {number} index */
  #rectangle(index) {
    return placeTile(index, this.width, this.height);
  }

  /** @param {number} index */
  #read(index) {
    return readTile(this.mask, index, this.width, this.height);
  }

  /**
   * @param {number} index
   * @param {Uint8Array} tile
   */
  #write(index, tile) {
    writeTile(this.mask, index, this.width, this.height, tile);
    this.#changed.add(index);
  }
}
