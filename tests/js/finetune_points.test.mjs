// The pure parts of the dial and of the plot 'Removal over detail'.

import assert from "node:assert/strict";
import { test } from "node:test";

import { findStop, tellStop } from "../../desra_studio/ui/static/finetune/dial.js";
import { tellWatched } from "../../desra_studio/ui/static/finetune/plot.js";
import {
  findNext,
  fitDetail,
  HEIGHT,
  listPlaced,
  listTicks,
  place,
  tellPoint,
  tellSize,
  WIDTH,
} from "../../desra_studio/ui/static/finetune/scatter.js";

const STOPS = [
  { title: "Keep", inside_weight: 5, contrast_inside_weight: 1, removal: null, detail: null },
  { title: "Delete", inside_weight: 10, contrast_inside_weight: 3, removal: 0.861, detail: 0.73 },
];

const makePoint = (values) => ({
  run_id: 1,
  title: "Run 1, from small",
  iteration: 50,
  is_last: false,
  removal: 0.5,
  removals: {},
  trained_on: [],
  detail_kept: 0.8,
  sharpness_kept: 0.9,
  variance_ratio: 1,
  added: 0,
  warnings: [],
  is_best: false,
  kept_bytes: 10,
  model_id: null,
  model: null,
  ...values,
});

test("a stop is found by both of its weights, and nothing else is a stop", () => {
  assert.equal(findStop(STOPS, { inside_weight: 10, contrast_inside_weight: 3, batch: 1 }), 1);
  assert.equal(findStop(STOPS, { inside_weight: 10, contrast_inside_weight: 1 }), -1);
  assert.equal(findStop(STOPS, { inside_weight: null, contrast_inside_weight: 3 }), -1);
});

test("a stop tells its measured front, or that there is none", () => {
  assert.match(tellStop(STOPS[1]), /^About 86 % gone, 0\.73 of the detail kept: measured on 18 images/);
  assert.match(tellStop(STOPS[0]), /counts as 5 outside in L1, and as 1 in the contrast loss.* Not measured\.$/);
});

test("live figures say that they are of crops", () => {
  assert.equal(tellWatched({ held_out: 9, watched: 4 }), "4 crops of 4 held-out images, not the proof");
  assert.equal(tellWatched({ held_out: 1, watched: 1 }), "1 crop of 1 held-out image, not the proof");
  assert.equal(tellWatched({ held_out: 0, watched: 3 }), "3 crops of 3 images it is trained on, not the proof");
});

test("more detail lies to the right, more removal higher, what is far off on the border", () => {
  const range = fitDetail([makePoint({ detail_kept: 0.71 }), makePoint({ detail_kept: 0.93 })]);
  assert.ok(range.low <= 0.7 && range.low > 0.5 && range.high === 1, JSON.stringify(range));
  const [low, high] = [0.75, 0.9].map((detail_kept) => place({ detail_kept, removal: detail_kept }, range));
  assert.ok(high.x > low.x && high.y < low.y);
  for (const detail_kept of [-70, 70]) {
    const far = makePoint({ detail_kept, removal: 1 });
    const { x, y } = place(far, fitDetail([far]));
    assert.ok(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT);
  }
});

test("ticks are tenths, of a wide range the even ones", () => {
  assert.deepEqual(listTicks({ low: 0.7, high: 1.1 }), [0.7, 0.8, 0.9, 1, 1.1]);
  assert.deepEqual(listTicks({ low: 0.3, high: 1.5 }), [0.4, 0.6, 0.8, 1, 1.2, 1.4]);
});

test("without detail to keep a point has no place", () => {
  assert.deepEqual(listPlaced([makePoint({ detail_kept: null }), makePoint({ iteration: 7 })]).map(({ iteration }) => iteration), [7]);
});

test("arrow keys go along a run and over to the next, at about the same iteration", () => {
  const points = [[3, 50], [3, 100], [3, 150], [2, 60], [2, 120]].map(([run_id, iteration]) => ({ run_id, iteration }));
  const go = (at, key) => findNext(points, at, key);
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End"].map((key) => go(1, key)), [2, 0, 0, 2]);
  assert.deepEqual([go(4, "ArrowRight"), go(0, "ArrowLeft"), go(2, "ArrowRight")], [4, 0, 3]);
  assert.deepEqual([go(2, "ArrowDown"), go(3, "ArrowUp"), go(0, "ArrowUp"), go(4, "ArrowDown")], [4, 0, 0, 4]);
  assert.equal(go(0, "x"), null);
});

test("a point tells its figures and what is special about it", () => {
  const text = tellPoint(makePoint({ removal: 0.864, is_best: true, is_last: true, kept_bytes: null, warnings: ["x"] }));
  assert.equal(
    text,
    "Run 1 at iteration 50: 86 % gone, 0.80 of the detail kept, 0 % new, " +
      "the best within the bounds, the last of its run, beyond a bound, weights not kept",
  );
  assert.match(tellPoint(makePoint({ model: "mine" })), /a model already: mine$/);
});

test("sizes are told in MB and GB", () => {
  assert.deepEqual([1_420_000, 28_400_000, 1_340_000_000].map(tellSize), ["1.4 MB", "28 MB", "1.3 GB"]);
});
