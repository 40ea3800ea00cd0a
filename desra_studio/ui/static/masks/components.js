// Components of a detected mask: their order, which one is where, and their pixels. No DOM here.
// A region is what the server says about one: { box: [x, y, w, h], area, depth, busier }.

import { countPixels, takeComponent } from "./spans.js";

/** Regions in the order in which they deserve a look: area times depth, the largest first. */
export const rankRegions = (regions) =>
  [...regions].sort((a, b) => b.area * b.depth - a.area * a.depth || b.area - a.area);

/** Whether GAN-SR is "busier" or "smoother" than MSE-SR there, as the server's filter decides. */
export function tellDirection({ busier }) {
  if (busier === null || busier === undefined) return "unknown";
  return busier >= 0.5 ? "busier" : "smoother";
}

/** A region in words, as number `rank` (from 0) of `count`; of none where `rank` is -1. */
export function describeRegion(region, rank, count) {
  const direction = tellDirection(region);
  const share = Math.round(100 * (direction === "busier" ? region.busier : 1 - region.busier));
  const busier = direction === "unknown" ? "direction unknown" : `GAN ${direction} (${share} %)`;
  return [
    rank < 0 ? "component" : `component ${rank + 1}/${count}`,
    `area ${groupDigits(region.area)} px`,
    ...(region.painted ? ["painted"] : [`depth ${region.depth.toFixed(2)}`, busier]),
  ].join(" · ");
}

/** 5526 as "5 526", with a space that neither breaks nor changes between locales. */
export const groupDigits = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/**
 * The region over a pixel: the one whose component has it, else the smallest box around it.
 * @param {Uint8Array} mask the detected mask, whose components the regions are.
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
 */
export function floodRegion(mask, width, region) {
  const [left, top, w, h] = region.box;
  const open = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    const start = (top + y) * width + left;
    open.set(mask.subarray(start, start + w), y * w);
  }
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

export const hasPoint = (spans, x, y) =>
  spans.some((span) => span.y === y && x >= span.from && x < span.to);

/** A pixel well inside: the middle of the longest row. */
export function pickPoint(spans) {
  const longest = spans.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
  return { x: (longest.from + longest.to) >> 1, y: longest.y };
}

/** The first pixel of the spans that a mask marks, or null. */
export function findMarked(spans, mask, width) {
  for (const { y, from, to } of spans) {
    const at = mask.subarray(y * width + from, y * width + to).indexOf(1);
    if (at >= 0) return { x: from + at, y };
  }
  return null;
}

/** How much of the spans a mask marks, 0 to 1. */
export function shareMarked(spans, mask, width) {
  let marked = 0;
  for (const { y, from, to } of spans) {
    for (let i = y * width + from; i < y * width + to; i++) marked += mask[i];
  }
  return marked / Math.max(1, countPixels(spans));
}
