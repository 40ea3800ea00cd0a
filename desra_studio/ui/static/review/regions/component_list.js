// The components that a reviewer goes through: those of the detector first, as far as they are in
// the mask or left out of it, then those that people painted. No DOM here.

import { groupSpans, readSpans } from "../../masks/spans.js";
import { floodRegion } from "../../masks/components.js";

/** @import { Box, Component, DetectedRegion, Span } from "#types/masks" */
/** @import { ComponentItem } from "#types/review" */

/**
 * The spans of ranked regions, in their order; each is a component of the detected mask.
 * @param {DetectedRegion[]} ranked
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 */
export function findSpans(ranked, mask, width, height) {
  const components = groupSpans(readSpans(mask, width, height));
  const byBox = new Map(components.map((found) => [`${found.box}`, found]));
  return ranked.map((region) => {
    const found = byBox.get(`${region.box}`);
    // Two may have one box; then, as where a server counts otherwise, the pixels decide.
    return found?.area === region.area ? found.spans : floodRegion(mask, width, region);
  });
}

/**
 * List the items.
 *
 * A component of the mask counts for the detected one that it shares the most px with; a detected
 * one that lies in the component of another has no item of its own.
 * @param {Component[]} marked components of the mask.
 * @param {DetectedRegion[]} ranked detected regions, those first that deserve a look first.
 * @param {Span[][]} detected the spans of each.
 * @returns {ComponentItem[]}
 */
export function listComponents(marked, ranked, detected) {
  const rows = indexRows(detected);
  const parts = ranked.map(() => /** @type {Component[]} */ ([]));
  /** @type {Set<number>} */
  const covered = new Set();
  /** @type {Component[]} */
  const painted = [];
  for (const component of marked) {
    const shares = countShared(component.spans, rows);
    if (shares.size === 0) painted.push(component);
    else {
      for (const index of shares.keys()) covered.add(index);
      const [[most]] = [...shares].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      parts[most].push(component);
    }
  }
  /**
   * @param {Component} a
   * @param {Component} b
   */
  const byArea = (a, b) => b.area - a.area;
  return [
    ...ranked.flatMap((region, index) => {
      const whole = detected[index];
      if (parts[index].length === 0) {
        return covered.has(index) ? [] : [{ region, spans: whole, whole, kept: false }];
      }
      return parts[index].sort(byArea).map(({ box, area, spans }) => {
        const same = area === region.area && `${box}` === `${region.box}`;
        return { region: same ? region : { ...region, box, area }, spans, whole, kept: true };
      });
    }),
    ...painted.sort(byArea).map(({ box, area, spans }) => ({
      region: { box, area, painted: /** @type {const} */ (true) },
      spans,
      whole: spans,
      kept: true,
    })),
  ];
}

/**
 * The item over a px: in the mask, else left out of it.
 * @param {ComponentItem[]} items
 * @param {number} x
 * @param {number} y
 */
export function findItem(items, x, y) {
  /** @param {ComponentItem} item */
  const holds = ({ region: { box }, spans }) =>
    isInBox(box, x, y) && spans.some((span) => span.y === y && x >= span.from && x < span.to);
  return (
    items.find((item) => item.kept && holds(item)) ??
    items.find((item) => !item.kept && holds(item)) ??
    items.find(({ whole }) => whole.some((span) => span.y === y && x >= span.from && x < span.to)) ??
    null
  );
}

/**
 * The item with the smallest box around a px, or null.
 * @param {ComponentItem[]} items
 * @param {number} x
 * @param {number} y
 */
export function findAround(items, x, y) {
  /** @param {ComponentItem} item */
  const size = ({ region: { box } }) => box[2] * box[3];
  const around = items.filter(({ region }) => isInBox(region.box, x, y));
  return around.sort((a, b) => size(a) - size(b))[0] ?? null;
}

/** @typedef {Map<number, { from: number, to: number, index: number }[]>} IndexedRows */

/**
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
const isInBox = ([left, top, width, height], x, y) =>
  x >= left && y >= top && x < left + width && y < top + height;

/**
 * Row -> spans in it, each with the index of its component, from left to right.
 * @param {Span[][]} components
 */
function indexRows(components) {
  /** @type {IndexedRows} */
  const rows = new Map();
  components.forEach((spans, index) => {
    for (const { y, from, to } of spans) {
      const row = rows.get(y) ?? [];
      row.push({ from, to, index });
      rows.set(y, row);
    }
  });
  for (const row of rows.values()) row.sort((a, b) => a.from - b.from);
  return rows;
}

/**
 * Index of a component -> how many px it shares with spans.
 * @param {Span[]} spans
 * @param {IndexedRows} rows
 */
function countShared(spans, rows) {
  /** @type {Map<number, number>} */
  const shares = new Map();
  for (const { y, from, to } of spans) {
    for (const other of rows.get(y) ?? []) {
      if (other.from >= to) break;
      const shared = Math.min(to, other.to) - Math.max(from, other.from);
      if (shared > 0) shares.set(other.index, (shares.get(other.index) ?? 0) + shared);
    }
  }
  return shares;
}
