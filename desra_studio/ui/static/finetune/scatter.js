// Numbers of the plot 'Removal over detail': where a point lies, what it says, who is next to it.
// No DOM here.

/** @import { PlacedPoint, Point } from "#types/finetune" */

export const WIDTH = 720;
export const HEIGHT = 460;
const FRAME = { left: 56, right: 24, top: 40, bottom: 50 };
/** Outlines around 0, 0: runs are told apart by shape as well as by colour. */
export const SHAPES = [
  "M-6,0A6,6 0 1 0 6,0A6,6 0 1 0 -6,0Z",
  "M-5.5,-5.5H5.5V5.5H-5.5Z",
  "M0,-7L6.5,5H-6.5Z",
  "M0,-7.5L6.5,0L0,7.5L-6.5,0Z",
  "M0,7L6.5,-5H-6.5Z",
  "M-2.2,-6.5H2.2V-2.2H6.5V2.2H2.2V6.5H-2.2V2.2H-6.5V-2.2H-2.2Z",
];

/**
 * Those that have a place: where GAN-SR is no sharper than MSE-SR there is no detail to be kept.
 * @param {Point[]} points
 * @returns {PlacedPoint[]}
 */
export const listPlaced = (points) =>
  points.flatMap((point) => {
    const { detail_kept } = point;
    return detail_kept === null ? [] : [{ ...point, detail_kept }];
  });

/**
 * The range of detail that is shown: all of the points, and 1; what is far off lies on the border.
 * @param {PlacedPoint[]} points
 */
export function fitDetail(points) {
  const kept = points.map(({ detail_kept }) => detail_kept);
  const low = Math.floor(10 * Math.min(...kept) - 0.2) / 10;
  const high = Math.ceil(10 * Math.max(...kept) + 0.2) / 10;
  return { low: limit(low, 0, 0.8), high: limit(high, 1, 1.5) };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const limit = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * Where some detail and some removal lie in the drawing.
 * @param {{ detail_kept: number, removal: number }} point
 * @param {{ low: number, high: number }} range of detail
 */
export function place({ detail_kept, removal }, { low, high }) {
  const share = limit((detail_kept - low) / (high - low), 0, 1);
  return {
    x: FRAME.left + share * (WIDTH - FRAME.left - FRAME.right),
    y: HEIGHT - FRAME.bottom - limit(removal, 0, 1) * (HEIGHT - FRAME.top - FRAME.bottom),
  };
}

/**
 * Tenths within a range, or even ones where there are many.
 * @param {{ low: number, high: number }} range
 */
export function listTicks({ low, high }) {
  const [first, last] = [low, high].map((end) => Math.round(10 * end));
  const step = last - first > 10 ? 2 : 1;
  const from = Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - from) / step) + 1 }, (_, at) => (from + at * step) / 10);
}

/** @param {number | null} share */
export const tellPercent = (share) => (share === null ? "–" : `${Math.round(100 * share)} %`);

/** @param {number | null} value */
export const tellShare = (value) => (value === null ? "–" : value.toFixed(2));

/** @param {number} bytes */
export const tellSize = (bytes) =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * A point in a sentence, for a tooltip and for who does not see the plot.
 * @param {Point} point
 */
export function tellPoint(point) {
  const marks = [
    point.is_best ? "the best within the bounds" : "",
    point.is_last ? "the last of its run" : "",
    point.warnings.length ? "beyond a bound" : "",
    point.kept_bytes === null ? "weights not kept" : "",
    point.model ? `a model already: ${point.model}` : "",
  ].filter(Boolean);
  return [
    `Run ${point.run_id} at iteration ${point.iteration}: ${tellPercent(point.removal)} gone, ` +
      `${tellShare(point.detail_kept)} of the detail kept, ${tellPercent(point.added)} new`,
    ...marks,
  ].join(", ");
}

/**
 * The place of the point that a key leads to, from that of another; null for other keys.
 * @param {{ run_id: number, iteration: number }[]} points run by run, each in order
 * @param {number} at
 * @param {string} key
 */
export function findNext(points, at, key) {
  const { run_id, iteration } = points[at];
  const own = [...points.keys()].filter((index) => points[index].run_id === run_id);
  if (key === "ArrowRight") return Math.min(at + 1, points.length - 1);
  if (key === "ArrowLeft") return Math.max(at - 1, 0);
  if (key === "Home") return own[0];
  if (key === "End") return own[own.length - 1];
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const beside = key === "ArrowUp" ? own[0] - 1 : own[own.length - 1] + 1;
  const run = points[beside]?.run_id;
  if (run === undefined) return at;
  // In the other run, the point of the nearest iteration.
  const distance = (/** @type {number} */ index) => Math.abs(points[index].iteration - iteration);
  return [...points.keys()]
    .filter((index) => points[index].run_id === run)
    .reduce((one, other) => (distance(other) < distance(one) ? other : one));
}
