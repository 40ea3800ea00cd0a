// The soft edge of a mask, as finetune/pseudo_gt.py has it: a Gaussian of 2 px, cut off where
// OpenCV cuts it, mirrored at the image's border. No DOM here.

/** @import { Rectangle, Size } from "#types/masks" */

const SIGMA = 2;
/** How far the mask's edge is softened, in px. */
export const FEATHER = 8;
const KERNEL = makeKernel();

/**
 * The weight of MSE-SR in a rectangle.
 * @param {Uint8Array} mask of 0 and 1, row by row.
 * @param {Size} size of the image.
 * @param {Rectangle} rectangle in px.
 * @returns {Uint8ClampedArray<ArrayBuffer> | null} weights of 0 to 255, row by row; null where all are 0.
 */
export function featherMask(mask, { width, height }, { x0, y0, x1, y1 }) {
  const columns = x1 - x0;
  const rows = y1 - y0 + 2 * FEATHER;
  const line = new Uint8Array(columns + 2 * FEATHER);
  let across = null;
  for (let row = 0; row < rows; row++) {
    const start = mirror(y0 - FEATHER + row, height) * width;
    if (isEmpty(mask, start, x0, x1, width)) continue;
    across ??= new Float32Array(columns * rows);
    for (let at = 0; at < line.length; at++) line[at] = mask[start + mirror(x0 - FEATHER + at, width)];
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let d = 0; d < KERNEL.length; d++) sum += KERNEL[d] * line[x + d];
      across[row * columns + x] = sum;
    }
  }
  return across && weighDown(across, columns, y1 - y0);
}

/**
 * @param {Float32Array} across
 * @param {number} columns
 * @param {number} rows
 */
function weighDown(across, columns, rows) {
  const weights = new Uint8ClampedArray(columns * rows);
  for (let at = 0; at < weights.length; at++) {
    let sum = 0;
    for (let d = 0; d < KERNEL.length; d++) sum += KERNEL[d] * across[at + d * columns];
    weights[at] = 255 * sum; // clamped arrays round
  }
  return weights;
}

/**
 * Whether no pixel of a row is marked that the softening of [x0, x1) sees.
 * @param {Uint8Array} mask
 * @param {number} start
 * @param {number} x0
 * @param {number} x1
 * @param {number} width
 */
function isEmpty(mask, start, x0, x1, width) {
  const from = Math.max(0, x0 - FEATHER);
  const to = Math.min(width, x1 + FEATHER);
  return mask.subarray(start + from, start + to).indexOf(1) < 0;
}

/**
 * @param {number} at
 * @param {number} length
 */
function mirror(at, length) {
  if (length === 1) return 0;
  const folded = Math.abs(at) % (2 * length - 2);
  return folded < length ? folded : 2 * length - 2 - folded;
}

function makeKernel() {
  const values = Array.from({ length: 2 * FEATHER + 1 }, (_, at) =>
    Math.exp(-((at - FEATHER) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = values.reduce((total, value) => total + value);
  return Float64Array.from(values, (value) => value / sum);
}
