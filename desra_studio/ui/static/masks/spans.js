// Masks as rows of pixels: a span { y, from, to } is what is alike in row y, `to` excluded. No DOM
// here. Lists of spans are in reading order: by row, then from left to right.

/** The spans of a mask that hold a value. */
export function readSpans(mask, width, height, value = 1) {
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
 * @returns {{ y: number, from: number, to: number }[]} spans [from, to) inside the image.
 */
export function brushSpans(start, end, radius, image) {
  const left = new Map();
  const right = new Map();
  const include = (y, from, to) => {
    if (y < 0 || y >= image.height) return;
    const low = Math.max(0, from);
    const high = Math.min(image.width, to);
    if (low >= high) return;
    left.set(y, Math.min(left.get(y) ?? low, low));
    right.set(y, Math.max(right.get(y) ?? high, high));
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
  return [...left.keys()].sort((a, b) => a - b).map((y) => ({ y, from: left.get(y), to: right.get(y) }));
}

/** Which component each span belongs to, numbered from 0 in reading order. */
export function labelSpans(spans, corners = true) {
  const reach = corners ? 1 : 0;
  const parent = Int32Array.from({ length: spans.length }, (_, index) => index);
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
 * @param {boolean} corners whether pixels that share no more than a corner belong together.
 */
export function groupSpans(spans, corners = true) {
  const { labels, count } = labelSpans(spans, corners);
  const groups = Array.from({ length: count }, () => []);
  spans.forEach((span, index) => groups[labels[index]].push(span));
  return groups.map((group) => ({ box: boxOf(group), area: countPixels(group), spans: group }));
}

/** The 8-connected component of a mask over a marked px. */
export const floodFrom = (mask, { width, height }, point) =>
  takeComponent(mask.slice(), width, height, point);

/** Take the 8-connected component of a marked px out of a mask, and return its spans. */
export function takeComponent(mask, width, height, start) {
  const spans = [];
  const waiting = [{ y: start.y, low: start.x, high: start.x }];
  while (waiting.length) {
    const { y, low, high } = waiting.pop();
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
      const next = { low: Math.max(0, from - 1), high: Math.min(width - 1, to) };
      if (y > 0) waiting.push({ y: y - 1, ...next });
      if (y < height - 1) waiting.push({ y: y + 1, ...next });
      at = to;
    }
  }
  return spans.sort((a, b) => a.y - b.y || a.from - b.from);
}

/** The rectangle { x0, y0, x1, y1 } around spans, or null where there are none. */
export function boundSpans(spans) {
  if (spans.length === 0) return null;
  let [x0, x1] = [Infinity, -Infinity];
  for (const { from, to } of spans) {
    if (from < x0) x0 = from;
    if (to > x1) x1 = to;
  }
  return { x0, y0: spans[0].y, x1, y1: spans.at(-1).y + 1 };
}

/** The box [x, y, width, height] around spans, of which there is one at least. */
export function boxOf(spans) {
  const { x0, y0, x1, y1 } = boundSpans(spans);
  return [x0, y0, x1 - x0, y1 - y0];
}

export const countPixels = (spans) => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/** Draw spans into a mask of the size of a box [x, y, width, height] that holds them. */
export function drawSpans(spans, [left, top, width, height]) {
  const mask = new Uint8Array(width * height);
  for (const { y, from, to } of spans) {
    const start = (y - top) * width - left;
    mask.fill(1, start + from, start + to);
  }
  return mask;
}

export const shiftSpans = (spans, dx, dy) =>
  spans.map(({ y, from, to }) => ({ y: y + dy, from: from + dx, to: to + dx }));
