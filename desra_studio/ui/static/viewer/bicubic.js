// Bicubic interpolation with a = -0.5 (Keys 1981), as Pillow and MATLAB enlarge: pixel centres are
// aligned, and at the border only pixels of the image count. No DOM here.

/** @import { Point, Rectangle, Size } from "#types/masks" */
/** @import { Excerpt, Taps } from "#types/viewer" */

const A = -0.5;
const REACH = 2;

/**
 * The pixels [from, to) of a row that the pixels [start, end) of the enlarged one are made of.
 * @param {number} start
 * @param {number} end
 * @param {number} factor
 * @param {number} length
 */
export const reachSource = (start, end, factor, length) => ({
  from: Math.max(0, Math.floor((start + 0.5) / factor - 0.5) - REACH),
  to: Math.min(length, Math.ceil((end - 0.5) / factor - 0.5) + REACH + 1),
});

/**
 * A part of an enlarged image.
 * @param {Excerpt} source holds what `reachSource` tells.
 * @param {Size} size of the whole image.
 * @param {Point} factor of enlargement.
 * @param {Rectangle} part in px of the enlarged image.
 * @returns {Uint8ClampedArray<ArrayBuffer>} opaque RGBA, row by row.
 */
export function enlargeBicubic(source, size, factor, { x0, y0, x1, y1 }) {
  const columns = weighRange(x0, x1, factor.x, size.width);
  const rows = weighRange(y0, y1, factor.y, size.height);
  const out = new Uint8ClampedArray(4 * columns.length * rows.length);
  /** @type {Map<number, Float32Array>} Rows by their number. */
  const stretched = new Map();
  const sums = new Float32Array(3 * columns.length);
  rows.forEach(({ first, weights }, row) => {
    sums.fill(0);
    for (const known of stretched.keys()) if (known < first) stretched.delete(known);
    weights.forEach((weight, tap) => {
      const y = first + tap;
      if (!stretched.has(y)) stretched.set(y, stretchRow(source, y, columns));
      const line = /** @type {Float32Array} */ (stretched.get(y));
      for (let at = 0; at < sums.length; at++) sums[at] += weight * line[at];
    });
    for (let at = 0, to = 4 * row * columns.length; at < sums.length; at += 3, to += 4) {
      out[to] = sums[at];
      out[to + 1] = sums[at + 1];
      out[to + 2] = sums[at + 2];
      out[to + 3] = 255;
    }
  });
  return out;
}

/**
 * @param {Excerpt} source
 * @param {number} y
 * @param {Taps[]} columns
 */
function stretchRow({ data, left, top, width }, y, columns) {
  const line = new Float32Array(3 * columns.length);
  columns.forEach(({ first, weights }, column) => {
    let from = 4 * ((y - top) * width + first - left);
    for (const weight of weights) {
      line[3 * column] += weight * data[from];
      line[3 * column + 1] += weight * data[from + 1];
      line[3 * column + 2] += weight * data[from + 2];
      from += 4;
    }
  });
  return line;
}

/**
 * For each enlarged pixel the first pixel it is made of, and the weights from there on.
 * @param {number} start
 * @param {number} end
 * @param {number} factor
 * @param {number} length
 * @returns {Taps[]}
 */
function weighRange(start, end, factor, length) {
  return Array.from({ length: end - start }, (_, index) => {
    const centre = (start + index + 0.5) / factor - 0.5;
    const first = Math.max(0, Math.ceil(centre - REACH));
    const last = Math.min(length - 1, Math.floor(centre + REACH));
    /** @type {number[]} */
    const weights = [];
    for (let at = first; at <= last; at++) weights.push(weigh(Math.abs(at - centre)));
    const sum = weights.reduce((total, weight) => total + weight);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** @param {number} distance */
function weigh(distance) {
  if (distance < 1) return ((A + 2) * distance - (A + 3)) * distance ** 2 + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * A;
  return 0;
}
