// Holes of a mask, and growing and shrinking it by one px. No DOM here.
//
// Marked px belong together over corners, so what is not marked does not: a hole is a 4-connected
// region without marks that touches no edge of the image.

import { boxOf, drawSpans, groupSpans, readSpans, shiftSpans } from "./spans.js";

/** @import { Component, Size, Span } from "#types/masks" */

/**
 * The holes of a mask, as components.
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 */
export const findHoles = (mask, width, height) =>
  groupSpans(readSpans(mask, width, height, 0), false).filter(
    ({ box: [x, y, w, h] }) => x > 0 && y > 0 && x + w < width && y + h < height,
  );

/**
 * The holes of one component, given by its spans, whatever else lies in them.
 * @param {Span[]} spans
 * @returns {Component[]}
 */
export function findHolesOf(spans) {
  const box = boxOf(spans);
  const [x, y, width, height] = box;
  return findHoles(drawSpans(spans, box), width, height).map((hole) => ({
    ...hole,
    box: [hole.box[0] + x, hole.box[1] + y, hole.box[2], hole.box[3]],
    spans: shiftSpans(hole.spans, x, y),
  }));
}

/**
 * Whether step `index` of growing takes corner neighbours along. Steps with four and with eight
 * neighbours take turns: an octagon, as near to a disc as steps of one px come. Shrinking goes the
 * same steps back, from `index` - 1 down, so that growing and shrinking n times closes gaps of 2n px.
 * @param {number} index
 */
export const takesCorners = (index) => (index < 0 ? ~index : index) % 2 === 1;

/**
 * What spans cover when they grow by one px in an image of a size; spans overlap, in no order.
 * @param {Span[]} spans
 * @param {Size} image
 * @param {boolean} corners
 */
export function growSpans(spans, { width, height }, corners) {
  /** @type {Span[]} */
  const grown = [];
  for (const { y, from, to } of spans) {
    const wide = { from: Math.max(0, from - 1), to: Math.min(width, to + 1) };
    const beside = corners ? wide : { from, to };
    grown.push({ y, ...wide });
    if (y > 0) grown.push({ y: y - 1, ...beside });
    if (y < height - 1) grown.push({ y: y + 1, ...beside });
  }
  return grown;
}

/**
 * What spans of a mask lose when they shrink by one px: the px beside one that is not marked; these
 * spans overlap, in no order. The edge of the image takes nothing away, for nobody knows what lies
 * behind it.
 * @param {Span[]} spans whole runs of marked px, as `readSpans` and `floodFrom` find them.
 * @param {Uint8Array} mask
 * @param {Size} image
 * @param {boolean} corners
 */
export function findRim(spans, mask, { width, height }, corners) {
  const reach = corners ? 1 : 0;
  /** @type {Span[]} */
  const rim = [];
  for (const { y, from, to } of spans) {
    if (from > 0) rim.push({ y, from, to: from + 1 });
    if (to < width) rim.push({ y, from: to - 1, to });
    const left = Math.max(0, from - reach);
    const right = Math.min(width, to + reach);
    for (const beside of [y - 1, y + 1]) {
      if (beside < 0 || beside >= height) continue;
      const row = mask.subarray(beside * width + left, beside * width + right);
      for (const gap of readSpans(row, row.length, 1, 0)) {
        const start = Math.max(from, left + gap.from - reach);
        rim.push({ y, from: start, to: Math.min(to, left + gap.to + reach) });
      }
    }
  }
  return rim;
}
