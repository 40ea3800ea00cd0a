// Growing a region along the artifact map D from one px. No DOM here.
//
// The region of a level holds the px that hang together with the seed over sides through px of at
// most that level: where D is lower there is more artifact, so nothing is left out for being worse
// than the seed. Regions of rising levels lie in each other; px are found once, in the order of the
// level that takes them in, and going to any level only moves the end of that list.

/** @import { Size } from "#types/masks" */

/** The value of the map where D is 1, or is not known: no region reaches there. */
export const UNKNOWN = 255;

export class Growth {
  #buckets = Array.from({ length: UNKNOWN }, () => /** @type {number[]} */ ([]));
  /** @type {number[]} by level, how many px its region has. */
  #ends = [];
  #found;
  #order = new Int32Array(1 << 14);
  #count = 0;

  /**
   * @param {Uint8Array} map round(255 D), row by row.
   * @param {Size} size
   * @param {number} seed index of a px whose D is known.
   */
  constructor(map, { width, height }, seed) {
    this.map = map;
    this.width = width;
    this.height = height;
    this.base = map[seed];
    this.#found = new Uint8Array(map.length);
    this.#ends.length = this.base;
    this.#reach(seed, this.base);
  }

  /**
   * How many px the region of a level has; `list` has them.
   * @param {number} level
   */
  reach(level) {
    const wanted = Math.min(UNKNOWN - 1, Math.max(this.base, level));
    while (this.#ends.length <= wanted) this.#take(this.#ends.length);
    return this.#ends[wanted];
  }

  /**
   * Indices of px in the order in which they were found, those of the lowest level first.
   * @param {number} from
   * @param {number} to
   */
  list(from, to) {
    return this.#order.subarray(from, to);
  }

  /** @param {number} level */
  #take(level) {
    const { width, height } = this;
    const bucket = this.#buckets[level];
    const lastRow = (height - 1) * width;
    for (let at; (at = bucket.pop()) !== undefined; ) {
      this.#append(at);
      const x = at % width;
      if (x > 0) this.#reach(at - 1, level);
      if (x < width - 1) this.#reach(at + 1, level);
      if (at >= width) this.#reach(at - width, level);
      if (at < lastRow) this.#reach(at + width, level);
    }
    this.#ends.push(this.#count);
  }

  /**
   * @param {number} at
   * @param {number} level
   */
  #reach(at, level) {
    const value = this.map[at];
    if (this.#found[at] || value === UNKNOWN) return;
    this.#found[at] = 1;
    this.#buckets[Math.max(level, value)].push(at);
  }

  /** @param {number} at */
  #append(at) {
    if (this.#count === this.#order.length) {
      const longer = new Int32Array(2 * this.#count);
      longer.set(this.#order);
      this.#order = longer;
    }
    this.#order[this.#count++] = at;
  }
}
