// The components that a reviewer goes through: those of the detector first, as far as they are in
// the mask or left out of it, then those that people painted. No DOM here.
//
// An item is { region, spans, whole, kept }. `region` is what the detector says of it, with box and
// area as they are: { box, area, depth, busier }, and `painted`: true where it says nothing; `spans`
// is what is in the mask, or, where nothing of it is (`kept` false), what was detected; `whole` is
// what keeping it marks: all that was detected.

import { groupSpans, readSpans } from "../../masks/spans.js";
import { floodRegion } from "../../masks/components.js";

/** The spans of ranked regions, in their order; each is a component of the detected mask. */
export function findSpans(ranked, mask, width, height) {
  const byBox = new Map(groupSpans(readSpans(mask, width, height)).map((found) => [`${found.box}`, found]));
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
 * @param {{box, area, spans}[]} marked components of the mask.
 * @param {object[]} ranked detected regions, those first that deserve a look first.
 * @param {object[][]} detected the spans of each.
 */
export function listComponents(marked, ranked, detected) {
  const rows = indexRows(detected);
  const parts = ranked.map(() => []);
  const covered = new Set();
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
      region: { box, area, painted: true },
      spans,
      whole: spans,
      kept: true,
    })),
  ];
}

/** The item over a px: in the mask, else left out of it. */
export function findItem(items, x, y) {
  const holds = ({ region: { box }, spans }) =>
    isInBox(box, x, y) && spans.some((span) => span.y === y && x >= span.from && x < span.to);
  return (
    items.find((item) => item.kept && holds(item)) ??
    items.find((item) => !item.kept && holds(item)) ??
    items.find(({ whole }) => whole.some((span) => span.y === y && x >= span.from && x < span.to)) ??
    null
  );
}

/** The item with the smallest box around a px, or null. */
export function findAround(items, x, y) {
  const size = ({ region: { box } }) => box[2] * box[3];
  const around = items.filter(({ region }) => isInBox(region.box, x, y));
  return around.sort((a, b) => size(a) - size(b))[0] ?? null;
}

const isInBox = ([left, top, width, height], x, y) =>
  x >= left && y >= top && x < left + width && y < top + height;

/** Row -> spans in it, each with the index of its component, from left to right. */
function indexRows(components) {
  const rows = new Map();
  components.forEach((spans, index) => {
    for (const { y, from, to } of spans) {
      if (!rows.has(y)) rows.set(y, []);
      rows.get(y).push({ from, to, index });
    }
  });
  for (const row of rows.values()) row.sort((a, b) => a.from - b.from);
  return rows;
}

/** Index of a component -> how many px it shares with spans. */
function countShared(spans, rows) {
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
