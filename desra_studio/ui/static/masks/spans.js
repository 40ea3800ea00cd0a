// Masks as rows of pixels: a span { y, from, to } is what is alike in row y, `to` excluded. No DOM
// here. Lists of spans are in reading order: by row, then from left to right.

/** @import { Box, Component, Point, Rectangle, Size, Span } from "#types/masks" */

/**
 * The spans of a mask that hold a value.
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 */
export function readSpans(mask, width, height, value = 1) {
  /** @type {Span[]} */
  const spans = [];
  for (let y = 0; y < height; y++) {
    // The search is the browser's own and quicker than a loop, for most rows are empty or full.
    const row = mask.subarray(y * width, (y + 1) * width);
    let from = row.indexOf(value);
    while (from >= 0) {
      const end = row.indexOf(1 - value, from);
      spans.push({ y, from, to: end < 0 ? width : end });
      from = end < 0 ? -1 : row.indexOf(value, end);
    }
  }
  return spans;
}

/**
 * Rows of pixels under a round brush drawn from one point to another.
 *
 * A pixel belongs to it where its centre is at most `radius` from the line; the pixel under each
 * end always does, so that the smallest brush paints.
 * @param {Point} start
 * @param {Point} end
 * @param {number} radius
 * @param {Size} image
 * @returns {Span[]} inside the image.
 */
export function brushSpans(start, end, radius, image) {
  /** @type {Map<number, { from: number, to: number }>} */
  const rows = new Map();
  /**
   * @param {number} y
   * @param {number} from
   * @param {number} to
   */
  const include = (y, from, to) => {
    if (y < 0 || y >= image.height) return;
    const low = Math.max(0, from);
    const high = Math.min(image.width, to);
    if (low >= high) return;
    const row = rows.get(y) ?? { from: low, to: high };
    rows.set(y, { from: Math.min(row.from, low), to: Math.max(row.to, high) });
  };
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const steps = Math.max(1, Math.ceil(length * 2));
  for (let step = 0; step <= steps; step++) {
    const cx = start.x + ((end.x - start.x) * step) / steps;
    const cy = start.y + ((end.y - start.y) * step) / steps;
    include(Math.floor(cy), Math.floor(cx), Math.floor(cx) + 1);
    for (let y = Math.ceil(cy - radius - 0.5); y <= Math.floor(cy + radius - 0.5); y++) {
      const dy = y + 0.5 - cy;
      const half = Math.sqrt(Math.max(0, radius * radius - dy * dy));
      include(y, Math.ceil(cx - half - 0.5), Math.floor(cx + half - 0.5) + 1);
    }
  }
  return [...rows].map(([y, { from, to }]) => ({ y, from, to })).sort((a, b) => a.y - b.y);
}

/**
 * Which component each span belongs to, numbered from 0 in reading order.
 * @param {Span[]} spans
 */
export function labelSpans(spans, corners = true) {
  const reach = corners ? 1 : 0;
  const parent = Int32Array.from({ length: spans.length }, (_, index) => index);
  /** @param {number} index */
  const findRoot = (index) => {
    while (parent[index] !== index) index = parent[index] = parent[parent[index]];
    return index;
  };
  let above = 0;
  for (let index = 0; index < spans.length; index++) {
    const { y, from, to } = spans[index];
    // What ends before this span begins touches no later one of this row, either.
    while (spans[above].y < y - 1 || (spans[above].y === y - 1 && spans[above].to + reach <= from)) {
      above++;
    }
    for (let j = above; spans[j].y === y - 1 && spans[j].from < to + reach; j++) {
      const [first, second] = [findRoot(j), findRoot(index)];
      // The smaller number wins, so that roots come in reading order.
      parent[Math.max(first, second)] = Math.min(first, second);
    }
  }
  let count = 0;
  const labels = new Int32Array(spans.length);
  for (let index = 0; index < spans.length; index++) {
    const root = findRoot(index);
    labels[index] = root === index ? count++ : labels[root];
  }
  return { labels, count };
}

/**
 * Components of spans, in reading order: { box: [x, y, width, height], area, spans }.
 * @param {Span[]} spans
 * @param {boolean} corners whether pixels that share no more than a corner belong together.
 * @returns {Component[]}
 */
export function groupSpans(spans, corners = true) {
  const { labels, count } = labelSpans(spans, corners);
  const groups = Array.from({ length: count }, () => /** @type {Span[]} */ ([]));
  spans.forEach((span, index) => groups[labels[index]].push(span));
  return groups.map((group) => ({ box: boxOf(group), area: countPixels(group), spans: group }));
}

/**
 * The 8-connected component of a mask over a marked px.
 * @param {Uint8Array} mask
 * @param {Size} size
 * @param {Point} point
 */
export const floodFrom = (mask, { width, height }, point) =>
  takeComponent(mask.slice(), width, height, point);

/**
 * Take the 8-connected component of a marked px out of a mask, and return its spans.
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 * @param {Point} start
 */
export function takeComponent(mask, width, height, start) {
  /** @type {Span[]} */
  const spans = [];
  const waiting = [{ y: start.y, low: start.x, high: start.x }];
  for (let next; (next = waiting.pop()); ) {
    const { y, low, high } = next;
    const row = y * width;
    for (let at = low; at <= high; at++) {
      if (!mask[row + at]) continue;
      let from = at;
      let to = at + 1;
      while (from > 0 && mask[row + from - 1]) from--;
      while (to < width && mask[row + to]) to++;
      mask.fill(0, row + from, row + to);
      spans.push({ y, from, to });
      // Diagonal neighbours belong to it, so a row above and below is looked at one px further.
      const beside = { low: Math.max(0, from - 1), high: Math.min(width - 1, to) };
      if (y > 0) waiting.push({ y: y - 1, ...beside });
      if (y < height - 1) waiting.push({ y: y + 1, ...beside });
      at = to;
    }
  }
  return spans.sort((a, b) => a.y - b.y || a.from - b.from);
}

/**
 * The rectangle { x0, y0, x1, y1 } around spans, or null where there are none.
 * @param {Span[]} spans
 * @returns {Rectangle | null}
 */
export function boundSpans(spans) {
  const last = spans.at(-1);
  if (!last) return null;
  let [x0, x1] = [Infinity, -Infinity];
  for (const { from, to } of spans) {
    if (from < x0) x0 = from;
    if (to > x1) x1 = to;
  }
  return { x0, y0: spans[0].y, x1, y1: last.y + 1 };
}

/**
 * The box [x, y, width, height] around spans, of which there is one at least.
 * @param {Span[]} spans
 * @returns {Box}
 */
export function boxOf(spans) {
  const bounds = boundSpans(spans);
  if (!bounds) throw new Error("There is no box around no spans.");
  const { x0, y0, x1, y1 } = bounds;
  return [x0, y0, x1 - x0, y1 - y0];
}

/** @param {Span[]} spans */
export const countPixels = (spans) => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * Draw spans into a mask of the size of a box [x, y, width, height] that holds them.
 * @param {Span[]} spans
 * @param {Box} box
 */
export function drawSpans(spans, [left, top, width, height]) {
  const mask = new Uint8Array(width * height);
  for (const { y, from, to } of spans) {
    const start = (y - top) * width - left;
    mask.fill(1, start + from, start + to);
  }
  return mask;
}

/**
 * @param {Span[]} spans
 * @param {number} dx
 * @param {number} dy
 */
export const shiftSpans = (spans, dx, dy) =>
  spans.map(({ y, from, to }) => ({ y: y + dy, from: from + dx, to: to + dx }));
