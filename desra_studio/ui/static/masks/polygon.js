// The pixels of a closed outline. No DOM here.

/** @import { Point, Size, Span } from "#types/masks" */

/**
 * Spans of the pixels whose centre lies in a polygon. An outline that crosses itself is filled
 * wherever it goes around (non-zero winding), so that a lasso leaves no hole where it overlaps.
 * @param {Point[]} points corners in image px, the last one joined to the first.
 * @param {Size} image
 */
export function fillPolygon(points, { width, height }) {
  /** @type {Span[]} */
  const spans = [];
  const rows = crossRows(points, height);
  for (const [y, crossings] of [...rows].sort(([a], [b]) => a - b)) {
    let winding = 0;
    let start = 0;
    for (const { x, turn } of crossings.sort((a, b) => a.x - b.x)) {
      if (winding === 0) start = x;
      winding += turn;
      if (winding !== 0) continue;
      const from = Math.max(0, Math.ceil(start - 0.5));
      const to = Math.min(width, Math.ceil(x - 0.5));
      const last = spans.at(-1);
      if (from >= to) continue;
      if (last?.y === y && last.to === from) last.to = to;
      else spans.push({ y, from, to });
    }
  }
  return spans;
}

/**
 * Where the sides of a polygon cross the middles of rows: row -> [{ x, turn: 1 down, -1 up }].
 * @param {Point[]} points
 * @param {number} height
 */
function crossRows(points, height) {
  /** @type {Map<number, { x: number, turn: number }[]>} */
  const rows = new Map();
  points.forEach((start, index) => {
    const end = points[(index + 1) % points.length];
    const turn = Math.sign(end.y - start.y);
    const [upper, lower] = turn > 0 ? [start, end] : [end, start];
    // A corner that lies on a middle belongs to one of its two sides only.
    const first = Math.max(0, Math.ceil(upper.y - 0.5));
    const last = Math.min(height, Math.ceil(lower.y - 0.5));
    for (let y = first; y < last; y++) {
      const share = (y + 0.5 - upper.y) / (lower.y - upper.y);
      const crossing = { x: upper.x + share * (lower.x - upper.x), turn };
      const row = rows.get(y);
      if (row) row.push(crossing);
      else rows.set(y, [crossing]);
    }
  });
  return rows;
}
