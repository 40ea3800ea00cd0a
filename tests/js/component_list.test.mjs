import assert from "node:assert/strict";
import { test } from "node:test";

import {
  findAround,
  findItem,
  findSpans,
  listComponents,
} from "../../desra_studio/ui/static/review/regions/component_list.js";
import { groupSpans, readSpans } from "../../desra_studio/ui/static/masks/spans.js";

const toMask = (rows) => Uint8Array.from(rows.join(""), (letter) => Number(letter !== "."));

/** Items of a mask and a detected mask that are drawn in letters, as [area, kept or painted]. */
function list(detectedRows, rows) {
  const [width, height] = [rows[0].length, rows.length];
  const group = (each) => groupSpans(readSpans(toMask(each), width, height));
  const ranked = group(detectedRows)
    .map(({ box, area }) => ({ box, area, depth: 0.5, busier: 1 }))
    .sort((a, b) => b.area - a.area);
  const spans = findSpans(ranked, toMask(detectedRows), width, height);
  const items = listComponents(group(rows), ranked, spans);
  const told = items.map(({ region, kept }) => [
    region.area,
    region.painted ? "painted" : kept ? "kept" : "out",
  ]);
  return { items, told, ranked };
}

const DETECTED = [
  "aaaa..bb..",
  "aaaa..bb..",
  "aaaa......",
  "..........",
  "......c...",
  "..........",
];

test("an untouched mask has the detector's components, in its order", () => {
  const { items, told, ranked } = list(DETECTED, DETECTED);
  assert.deepEqual(told, [[12, "kept"], [4, "kept"], [1, "kept"]]);
  items.forEach(({ region, spans, whole }, index) => {
    assert.equal(region, ranked[index]);
    assert.deepEqual(spans, whole);
  });
});

test("what is left out stays in its place, what was painted comes last, the largest first", () => {
  const { told, items } = list(DETECTED, [
    "aaaa......",
    "aaaa......",
    "aaaa......",
    ".........x",
    "......c...",
    "yyy.......",
  ]);
  assert.deepEqual(told, [[12, "kept"], [4, "out"], [1, "kept"], [3, "painted"], [1, "painted"]]);
  assert.deepEqual(items[1].spans, items[1].whole);
  assert.deepEqual(items[3].region.box, [0, 5, 3, 1]);
});

test("parts of a component that was split have a place each", () => {
  const { told, items, ranked } = list(DETECTED, [
    "a.aa..bb..",
    "a.aa..bb..",
    "a.aa......",
    "..........",
    "......c...",
    "..........",
  ]);
  assert.deepEqual(told, [[6, "kept"], [3, "kept"], [4, "kept"], [1, "kept"]]);
  assert.equal(items[0].region.depth, 0.5);
  assert.notEqual(items[0].region, ranked[0]);
  assert.deepEqual(items[0].region.box, [2, 0, 2, 3]);
  assert.equal(items[0].whole, items[1].whole);
});

test("components that were joined are one, where most of it was detected", () => {
  const { told } = list(DETECTED, [
    "aaaaaaaa..",
    "aaaa..bb..",
    "aaaa......",
    "..........",
    "......c...",
    "..........",
  ]);
  assert.deepEqual(told, [[18, "kept"], [1, "kept"]]);
});

test("a px has the component of the mask, else the one that was left out", () => {
  const { items } = list(DETECTED, [
    "aa........",
    "aa........",
    "aa........",
    "..........",
    "......c...",
    "yyy.......",
  ]);
  assert.equal(findItem(items, 0, 0), items[0]);
  assert.equal(findItem(items, 3, 0), items[0], "erased, but of what was detected");
  assert.equal(findItem(items, 6, 1), items[1]);
  assert.equal(findItem(items, 1, 5), items.at(-1));
  assert.equal(findItem(items, 9, 5), null);
  assert.equal(findAround(items, 9, 5), null);
  assert.equal(findAround(items, 6, 4), items[2]);
});

test("a component within another is one of its own", () => {
  const rows = ["aaaaa", "a...a", "a.b.a", "a...a", "aaaaa"];
  assert.deepEqual(list(rows, rows).told, [[16, "kept"], [1, "kept"]]);
});

test("without a detection all is painted", () => {
  const { told } = list(["....", "...."], ["xx.y", "...."]);
  assert.deepEqual(told, [[2, "painted"], [1, "painted"]]);
});
