// Marked pixels, or blocks of them, as colours: a fill and the edge around it. No DOM here.

/** @import { Rectangle, Size } from "#types/masks" */

// Orange: told apart from the blue of the interface by colour-blind people, and rare in photographs.
// As one number for a pixel, which writes several times faster than four.
const FILL = packColour(255, 138, 0);
const EDGE = packColour(255, 240, 200);

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
 * The colours of the blocks in a rectangle, packed RGBA: { fill, edge }; null where none is marked.
 *
 * A block is an edge where it is marked and one of its four neighbours in the image is not.
 * @param {Uint8Array} mask
 * @param {Size} size of the image.
 * @param {number} factor
 * @param {Rectangle} rectangle in blocks.
 */
export function paintBlocks(mask, size, factor, { x0, y0, x1, y1 }) {
  const columns = Math.ceil(size.width / factor);
  const rows = Math.ceil(size.height / factor);
  // With one block around, so that edges know their neighbours.
  const around = {
    x0: Math.max(0, x0 - 1),
    y0: Math.max(0, y0 - 1),
    x1: Math.min(columns, x1 + 1),
    y1: Math.min(rows, y1 + 1),
  };
  const shares = shareBlocks(mask, size, factor, around);
  if (!shares) return null;
  const stride = around.x1 - around.x0;
  const width = x1 - x0;
  const fill = new Uint32Array(width * (y1 - y0));
  const edge = new Uint32Array(fill.length);
  for (let y = y0; y < y1; y++) {
    let at = (y - around.y0) * stride + x0 - around.x0;
    let to = (y - y0) * width;
    for (let x = x0; x < x1; x++, at++, to++) {
      const share = shares[at];
      if (!share) continue;
      fill[to] = share === 1 ? FILL : fade(FILL, share);
      const inside =
        (x === 0 || shares[at - 1]) &&
        (x === columns - 1 || shares[at + 1]) &&
        (y === 0 || shares[at - stride]) &&
        (y === rows - 1 || shares[at + stride]);
      if (!inside) edge[to] = EDGE;
    }
  }
  return { fill, edge };
}

/**
 * An opaque colour in the order of bytes that this machine has.
 * @param {...number} colour
 */
function packColour(...colour) {
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
