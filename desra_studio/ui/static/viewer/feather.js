// The soft edge of a mask, as finetune/pseudo_gt.py has it: whole inside the mask, and outside of it
// a Gaussian of the distance, of 2 px. No DOM here.

/** @import { Rectangle, Size } from "#types/masks" */

const SIGMA = 2;
/** How far outside the mask MSE-SR still shows, in px: beyond it less than a grey level would. */
export const FEATHER = 8;
const FAR = FEATHER + 1;
/** By the squared distance from the mask, in px. */
const WEIGHTS = Uint8ClampedArray.from({ length: FEATHER ** 2 + 1 }, (_, squared) =>
  255 * Math.exp(-squared / (2 * SIGMA ** 2)),
);

/**
 * The weight of MSE-SR in a rectangle.
 * @param {Uint8Array} mask of 0 and 1, row by row.
 * @param {Size} size of the image.
 * @param {Rectangle} rectangle in px.
 * @returns {Uint8ClampedArray<ArrayBuffer> | null} weights of 0 to 255, row by row; null where nothing is
 *     marked nearby.
 */
export function featherMask(mask, { width, height }, { x0, y0, x1, y1 }) {
  const [left, right] = [Math.max(0, x0 - FEATHER), Math.min(width, x1 + FEATHER)];
  const [top, bottom] = [Math.max(0, y0 - FEATHER), Math.min(height, y1 + FEATHER)];
  const distances = measureDown(mask, width, { x0: left, y0: top, x1: right, y1: bottom });
  if (!distances) return null;
  const columns = right - left;
  const weights = new Uint8ClampedArray((x1 - x0) * (y1 - y0));
  let at = 0;
  for (let y = y0; y < y1; y++) {
    const row = (y - top) * columns;
    for (let x = x0; x < x1; x++, at++) {
      const squared = findNearest(distances, row, x - left, columns);
      if (squared < WEIGHTS.length) weights[at] = WEIGHTS[squared];
    }
  }
  return weights;
}

/**
 * The distance of each px of a rectangle to the nearest marked one above or below, at most `FAR`; null
 * where none is marked.
 * @param {Uint8Array} mask
 * @param {number} width of the image.
 * @param {Rectangle} rectangle
 */
function measureDown(mask, width, { x0, y0, x1, y1 }) {
  const [columns, rows] = [x1 - x0, y1 - y0];
  const distances = new Uint8Array(columns * rows).fill(FAR);
  let isMarked = false;
  for (let row = 0; row < rows; row++) {
    const start = (y0 + row) * width + x0;
    for (let x = 0; x < columns; x++) {
      const at = row * columns + x;
      if (mask[start + x]) {
        distances[at] = 0;
        isMarked = true;
      } else if (row) distances[at] = Math.min(FAR, distances[at - columns] + 1);
    }
  }
  if (!isMarked) return null;
  for (let at = columns * (rows - 1) - 1; at >= 0; at--) {
    distances[at] = Math.min(distances[at], distances[at + columns] + 1);
  }
  return distances;
}

/**
 * The squared distance of a px to the nearest marked one.
 * @param {Uint8Array} distances up and down.
 * @param {number} row where its row starts.
 * @param {number} x its column.
 * @param {number} columns how many there are.
 */
function findNearest(distances, row, x, columns) {
  let nearest = distances[row + x] ** 2;
  const [from, to] = [Math.max(0, x - FEATHER), Math.min(columns - 1, x + FEATHER)];
  for (let other = from; nearest && other <= to; other++) {
    const distance = distances[row + other];
    if (distance < FAR) nearest = Math.min(nearest, distance ** 2 + (other - x) ** 2);
  }
  return nearest;
}
