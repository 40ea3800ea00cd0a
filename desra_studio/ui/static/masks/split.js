// Cutting components in two along a line. No DOM here.

import { boxOf, drawSpans, floodFrom, groupSpans, readSpans } from "./spans.js";

/** @import { Point, Size, Span } from "#types/masks" */

/**
 * The px that a line goes through, { x, y }, each beside the next over a side: components hang
 * together over corners, and no corner leads across such a line.
 * @param {Point} start
 * @param {Point} end
 */
export function traceLine(start, end) {
  let [x, y] = [Math.floor(start.x), Math.floor(start.y)];
  const [lastX, lastY] = [Math.floor(end.x), Math.floor(end.y)];
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const pixels = [{ x, y }];
  // How far along the line the next column and the next row begin, as shares of its length.
  let nextX = dx ? (x + (dx > 0 ? 1 : 0) - start.x) / dx : Infinity;
  let nextY = dy ? (y + (dy > 0 ? 1 : 0) - start.y) / dy : Infinity;
  while (x !== lastX || y !== lastY) {
    // Rounding may tell of one column or row too many: the end decides.
    if (y === lastY || (x !== lastX && nextX < nextY)) {
      x += Math.sign(dx);
      nextX += 1 / Math.abs(dx);
    } else {
      y += Math.sign(dy);
      nextY += 1 / Math.abs(dy);
    }
    pixels.push({ x, y });
  }
  return pixels;
}

/**
 * The spans that a line has to take out of a mask to cut components: of those it goes through, but
 * only where they fall apart.
 * @param {Uint8Array} mask
 * @param {Size} size
 * @param {Point} start
 * @param {Point} end
 */
export function findCut(mask, size, start, end) {
  const line = traceLine(start, end).filter(
    ({ x, y }) =>
      x >= 0 && y >= 0 && x < size.width && y < size.height && mask[y * size.width + x],
  );
  const open = new Set(line);
  /** @type {Span[]} */
  const cut = [];
  for (const pixel of line) {
    if (!open.has(pixel)) continue;
    const spans = floodFrom(mask, size, pixel);
    const box = boxOf(spans);
    const [left, top, width, height] = box;
    const local = drawSpans(spans, box);
    const through = [...open].filter(({ x, y }) => {
      const inside = x >= left && y >= top && x < left + width && y < top + height;
      return inside && local[(y - top) * width + x - left];
    });
    for (const { x, y } of through) local[(y - top) * width + x - left] = 0;
    for (const each of through) open.delete(each);
    if (groupSpans(readSpans(local, width, height)).length < 2) continue;
    cut.push(...through.map(({ x, y }) => ({ y, from: x, to: x + 1 })));
  }
  return cut;
}
