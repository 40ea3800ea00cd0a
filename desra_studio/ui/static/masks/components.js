// Components of a detected mask: their order, which one is where, and their pixels. No DOM here.

import { countPixels, takeComponent } from "./spans.js";

/** @import { Box, DetectedRegion, Point, Region, Span } from "#types/masks" */

/**
 * Regions in the order in which they deserve a look: area times depth, the largest first.
 * @param {DetectedRegion[]} regions
 */
export const rankRegions = (regions) =>
  [...regions].sort((a, b) => b.area * b.depth - a.area * a.depth || b.area - a.area);

/**
 * Whether GAN-SR is "busier" or "smoother" than MSE-SR there, as the server's filter decides.
 * @param {{ busier?: number | null }} region
 */
export function tellDirection({ busier }) {
  if (busier === null || busier === undefined) return "unknown";
  return busier >= 0.5 ? "busier" : "smoother";
}

/**
 * A region in words, as number `rank` (from 0) of `count`; of none where `rank` is -1.
 * @param {Region} region
 * @param {number} rank
 * @param {number} count
 */
export function describeRegion(region, rank, count) {
  return [
    rank < 0 ? "component" : `component ${rank + 1}/${count}`,
    `area ${groupDigits(region.area)} px`,
    ...(region.painted ? ["painted"] : [`depth ${region.depth.toFixed(2)}`, tellBusier(region)]),
  ].join(" · ");
}

/** @param {DetectedRegion} region */
function tellBusier({ busier }) {
  if (busier === null || busier === undefined) return "direction unknown";
  const share = Math.round(100 * Math.max(busier, 1 - busier));
  return `GAN ${tellDirection({ busier })} (${share} %)`;
}

/**
 * 5526 as "5 526", with a space that neither breaks nor changes between locales.
 * @param {number} number
 */
export const groupDigits = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/**
 * The region over a pixel: the one whose component has it, else the smallest box around it.
 * @param {DetectedRegion[]} regions
 * @param {Uint8Array} mask the detected mask, whose components the regions are.
 * @param {number} width
 * @param {number} x
 * @param {number} y
 */
export function findRegion(regions, mask, width, x, y) {
  const around = regions
    .filter(({ box: [left, top, w, h] }) => x >= left && y >= top && x < left + w && y < top + h)
    .sort((a, b) => a.box[2] * a.box[3] - b.box[2] * b.box[3]);
  if (!mask[y * width + x]) return around[0] ?? null;
  return around.find((region) => hasPoint(floodRegion(mask, width, region), x, y)) ?? null;
}

/**
 * The pixels of a region's component, 8-connected, as rows of spans { y, from, to }, to excluded.
 *
 * Other components may reach into its box: the component is the one that touches the box's upper
 * edge and has the region's area.
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {{ box: Box, area: number }} region
 */
export function floodRegion(mask, width, region) {
  const [left, top, w, h] = region.box;
  const open = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    const start = (top + y) * width + left;
    open.set(mask.subarray(start, start + w), y * w);
  }
  /** @type {Span[]} */
  let best = [];
  let bestError = Infinity;
  for (let x = 0; x < w; x++) {
    if (!open[x]) continue;
    const spans = takeComponent(open, w, h, { x, y: 0 });
    const error = Math.abs(countPixels(spans) - region.area);
    if (error < bestError) [best, bestError] = [spans, error];
    if (error === 0) break;
  }
  return best.map(({ y, from, to }) => ({ y: y + top, from: from + left, to: to + left }));
}

/**
 * @param {Span[]} spans
 * @param {number} x
 * @param {number} y
 */
export const hasPoint = (spans, x, y) =>
  spans.some((span) => span.y === y && x >= span.from && x < span.to);

/**
 * A pixel well inside: the middle of the longest row.
 * @param {Span[]} spans
 */
export function pickPoint(spans) {
  const longest = spans.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
  return { x: (longest.from + longest.to) >> 1, y: longest.y };
}

/**
 * The first pixel of the spans that a mask marks, or null.
 * @param {Span[]} spans
 * @param {Uint8Array} mask
 * @param {number} width
 * @returns {Point | null}
 */
export function findMarked(spans, mask, width) {
  for (const { y, from, to } of spans) {
    const at = mask.subarray(y * width + from, y * width + to).indexOf(1);
    if (at >= 0) return { x: from + at, y };
  }
  return null;
}

/**
 * How much of the spans a mask marks, 0 to 1.
 * @param {Span[]} spans
 * @param {Uint8Array} mask
 * @param {number} width
 */
export function shareMarked(spans, mask, width) {
  let marked = 0;
  for (const { y, from, to } of spans) {
    for (let i = y * width + from; i < y * width + to; i++) marked += mask[i];
  }
  return marked / Math.max(1, countPixels(spans));
}
