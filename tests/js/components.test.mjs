import assert from "node:assert/strict";
import { test } from "node:test";

import {
  describeRegion,
  findMarked,
  findRegion,
  floodRegion,
  groupDigits,
  hasPoint,
  pickPoint,
  rankRegions,
  shareMarked,
  tellDirection,
} from "../../desra_studio/ui/static/masks/components.js";
import { countPixels } from "../../desra_studio/ui/static/masks/spans.js";

/** A mask drawn in letters: each letter other than a dot is marked, and names its component. */
function draw(...rows) {
  const width = rows[0].length;
  const mask = Uint8Array.from(rows.join(""), (letter) => Number(letter !== "."));
  const regions = {};
  rows.forEach((row, y) =>
    [...row].forEach((letter, x) => {
      if (letter === ".") return;
      const region = (regions[letter] ??= { x0: x, y0: y, x1: x, y1: y, area: 0 });
      region.area += 1;
      region.x0 = Math.min(region.x0, x);
      region.x1 = Math.max(region.x1, x);
      region.y1 = y;
    }),
  );
  for (const [letter, { x0, y0, x1, y1, area }] of Object.entries(regions)) {
    regions[letter] = { box: [x0, y0, x1 - x0 + 1, y1 - y0 + 1], area, depth: 0.5, busier: 1 };
  }
  const paint = (spans) => {
    const painted = [...".".repeat(mask.length)];
    for (const { y, from, to } of spans) painted.fill("#", y * width + from, y * width + to);
    return painted.join("");
  };
  const only = (letter) =>
    rows.join("").replace(new RegExp(`[^${letter}]`, "g"), ".").replaceAll(letter, "#");
  return { width, mask, regions, paint, only };
}

const NESTED = draw(
  "aaaaaaaa..",
  "a......a.c",
  "a.bb...a..",
  "a...b..a..",
  "a......a..",
  "aaa..aaa..",
  ".........d",
  "........d.",
  ".........d",
);

test("a component is flooded over corners, and no further", () => {
  for (const letter of "abcd") {
    const spans = floodRegion(NESTED.mask, NESTED.width, NESTED.regions[letter]);
    assert.equal(NESTED.paint(spans), NESTED.only(letter), letter);
    assert.equal(countPixels(spans), NESTED.regions[letter].area);
  }
});

test("of two components at the upper edge of a box the one of the region's area is taken", () => {
  const { mask, width, regions, paint, only } = draw(
    "bb.a...",
    "...aaaa",
    "......a",
  );
  const wide = { ...regions.a, box: [0, 0, 7, 3] };
  assert.equal(paint(floodRegion(mask, width, wide)), only("a"));
});

test("a pixel belongs to its component, a gap to the smallest box around it", () => {
  const { a, b, c } = NESTED.regions;
  const find = (x, y) => findRegion([a, b, c], NESTED.mask, NESTED.width, x, y);
  assert.equal(find(7, 3), a);
  assert.equal(find(4, 3), b);
  assert.equal(find(3, 3), b, "not marked, in both boxes");
  assert.equal(find(1, 4), a, "not marked, in one box");
  assert.equal(find(9, 4), null);
  assert.equal(find(9, 8), null, "marked, but of no region");
});

test("regions are ranked by area times depth", () => {
  const regions = [
    { area: 100, depth: 0.1 },
    { area: 50, depth: 0.5 },
    { area: 400, depth: 0.05 },
    { area: 0, depth: 0 },
  ];
  assert.deepEqual(
    rankRegions(regions).map(({ area }) => area),
    [50, 400, 100, 0],
  );
  assert.equal(regions[0].area, 100, "the list itself stays as it is");
});

test("direction goes by the majority, as on the server", () => {
  assert.equal(tellDirection({ busier: 0.5 }), "busier");
  assert.equal(tellDirection({ busier: 0.49 }), "smoother");
  assert.equal(tellDirection({ busier: 0 }), "smoother");
  assert.equal(tellDirection({ busier: null }), "unknown");
  assert.equal(tellDirection({}), "unknown");
});

test("a region in words", () => {
  const region = { area: 5526, depth: 0.312, busier: 0.92 };
  const space = "\u202f";
  assert.equal(
    describeRegion(region, 2, 7),
    `component 3/7 · area 5${space}526 px · depth 0.31 · GAN busier (92 %)`,
  );
  assert.match(describeRegion({ ...region, busier: 0.08 }, 0, 1), /GAN smoother \(92 %\)$/);
  assert.match(describeRegion({ ...region, busier: null }, 0, 1), /direction unknown$/);
  assert.equal(groupDigits(1234567), `1${space}234${space}567`);
  assert.equal(groupDigits(999), "999");
});

test("points and shares of spans", () => {
  const spans = [
    { y: 0, from: 1, to: 2 },
    { y: 1, from: 0, to: 3 },
  ];
  assert.deepEqual(pickPoint(spans), { x: 1, y: 1 });
  assert.equal(hasPoint(spans, 2, 1), true);
  assert.equal(hasPoint(spans, 2, 0), false);
  const mask = Uint8Array.from([1, 0, 0, 1, 0, 0, 1, 1]); // 4 px wide
  assert.deepEqual(findMarked(spans, mask, 4), { x: 2, y: 1 });
  assert.equal(shareMarked(spans, mask, 4), 1 / 4);
  assert.equal(findMarked(spans, new Uint8Array(8), 4), null);
});
