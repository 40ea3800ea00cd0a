// Marked pixels, or blocks of them, as colours: a fill and the contour around it. No DOM here.

import { CONTOUR } from "./mask_colours.js";

/** @import { Rectangle, Size } from "#types/masks" */
/** @import { MaskInk, Rgb } from "#types/viewer" */

// A colour is one number for a pixel, which writes several times faster than four.
const LIGHT = packColour(CONTOUR.light);
const DARK = packColour(CONTOUR.dark);

/**
 * What masks are painted with.
 * @param {Rgb[]} fills the colour of what has no kind, then those of kinds.
 * @param {Uint8Array | null} kinds by pixel of the image, which of the fills it has.
 * @returns {MaskInk}
 */
export const mixInk = (fills, kinds = null) => ({
  fills: Uint32Array.from(fills, packColour),
  kinds: fills.length > 1 ? kinds : null,
});

/**
 * How much of each block of `factor` x `factor` px is marked.
 * @param {Uint8Array} mask of 0 and 1, row by row.
 * @param {Size} size of the image.
 * @param {number} factor
 * @param {Rectangle} rectangle in blocks.
 * @returns {Float32Array | null} shares of 0 to 1, row by row; null where nothing is marked.
 */
export function shareBlocks(mask, { width, height }, factor, { x0, y0, x1, y1 }) {
  const columns = x1 - x0;
  const right = Math.min(width, x1 * factor);
  let shares = null;
  for (let y = y0 * factor; y < Math.min(height, y1 * factor); y++) {
    const start = y * width;
    // Most rows are empty; the search for the first marked pixel is the browser's own, and quick.
    const first = mask.subarray(start + x0 * factor, start + right).indexOf(1);
    if (first < 0) continue;
    shares ??= new Float32Array(columns * (y1 - y0));
    const row = (Math.floor(y / factor) - y0) * columns - x0;
    for (let x = x0 * factor + first; x < right; x++) {
      if (mask[start + x]) shares[row + Math.floor(x / factor)] += 1;
    }
  }
  if (factor > 1) shares?.forEach((count, at) => (shares[at] = count / factor ** 2));
  return shares;
}

/**
 * The colours of the blocks in a rectangle, packed RGBA: { fill, edge }; null where none is marked
 * there or beside it.
 *
 * The edge is a contour of two tones: light on blocks that are marked beside one that is not, dark
 * on those that are not. Where the image ends there is none.
 * @param {Uint8Array} mask
 * @param {Size} size of the image.
 * @param {number} factor
 * @param {Rectangle} rectangle in blocks.
 * @param {MaskInk} ink
 */
export function paintBlocks(mask, size, factor, { x0, y0, x1, y1 }, ink) {
  // With one block around, so that edges know their neighbours.
  const around = {
    x0: Math.max(0, x0 - 1),
    y0: Math.max(0, y0 - 1),
    x1: Math.min(Math.ceil(size.width / factor), x1 + 1),
    y1: Math.min(Math.ceil(size.height / factor), y1 + 1),
  };
  const shares = shareBlocks(mask, size, factor, around);
  if (!shares) return null;
  const stride = around.x1 - around.x0;
  const width = x1 - x0;
  const fill = new Uint32Array(width * (y1 - y0));
  const edge = new Uint32Array(fill.length);
  for (let y = around.y0; y < around.y1; y++) {
    let at = (y - around.y0) * stride;
    let to = (y - y0) * width + around.x0 - x0;
    const isRow = y >= y0 && y < y1;
    const [isBelow, isAbove] = [y > y0 && y <= y1, y + 1 >= y0 && y + 1 < y1];
    for (let x = around.x0; x < around.x1; x++, at++, to++) {
      const share = shares[at];
      if (!share) continue;
      const isColumn = x >= x0 && x < x1;
      let inside = true;
      if (x > around.x0 && !shares[at - 1]) {
        inside = false;
        if (isRow && x > x0 && x <= x1) edge[to - 1] = DARK;
      }
      if (x + 1 < around.x1 && !shares[at + 1]) {
        inside = false;
        if (isRow && x + 1 >= x0 && x + 1 < x1) edge[to + 1] = DARK;
      }
      if (y > around.y0 && !shares[at - stride]) {
        inside = false;
        if (isColumn && isBelow) edge[to - width] = DARK;
      }
      if (y + 1 < around.y1 && !shares[at + stride]) {
        inside = false;
        if (isColumn && isAbove) edge[to + width] = DARK;
      }
      if (!isRow || !isColumn) continue;
      const colour = ink.kinds
        ? ink.fills[pickKind(mask, ink.kinds, size, factor, x, y)]
        : ink.fills[0];
      fill[to] = share === 1 ? colour : fade(colour, share);
      if (!inside) edge[to] = LIGHT;
    }
  }
  return { fill, edge };
}

/**
 * The kind of the first pixel that is marked in a block.
 * @param {Uint8Array} mask
 * @param {Uint8Array} kinds
 * @param {Size} size
 * @param {number} factor
 * @param {number} column
 * @param {number} row
 */
function pickKind(mask, kinds, { width, height }, factor, column, row) {
  const right = Math.min(width, (column + 1) * factor);
  for (let y = row * factor; y < Math.min(height, (row + 1) * factor); y++) {
    for (let at = y * width + column * factor; at < y * width + right; at++) {
      if (mask[at]) return kinds[at];
    }
  }
  return 0;
}

/**
 * An opaque colour in the order of bytes that this machine has.
 * @param {Rgb} colour
 */
function packColour(colour) {
  return new Uint32Array(Uint8Array.from([...colour, 255]).buffer)[0];
}

const BYTES = new Uint8Array(4);
const WORD = new Uint32Array(BYTES.buffer);

/**
 * @param {number} colour
 * @param {number} share
 */
function fade(colour, share) {
  WORD[0] = colour;
  BYTES[3] = Math.round(255 * share);
  return WORD[0];
}
