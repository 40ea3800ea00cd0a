import assert from "node:assert/strict";
import { test } from "node:test";

import {
  areSame,
  AREAS,
  changeAreaUnit,
  findNearest,
  SHARES,
  toQuery,
} from "../../desra_studio/ui/static/review/detector/detector_settings.js";

const SETTINGS = {
  contrast_threshold: 0.7,
  area_threshold: 4000,
  area_share: null,
  class_weights: "released",
  direction: "both",
};

test("settings are the same where each is", () => {
  assert.equal(areSame(SETTINGS, { ...SETTINGS }), true);
  assert.equal(areSame(SETTINGS, { ...SETTINGS, direction: "busier" }), false);
});

test("a query leaves out what is not set", () => {
  const query = new URLSearchParams(toQuery({ ...SETTINGS, class_weights: "a & b" }));
  assert.equal(query.has("area_share"), false);
  assert.equal(query.get("class_weights"), "a & b");
  const share = toQuery({ ...SETTINGS, area_share: 0 });
  assert.equal(new URLSearchParams(share).get("area_share"), "0");
});

test("steps of the area rise, from nothing to 20 000 px and 20 %", () => {
  for (const steps of [AREAS, SHARES]) {
    assert.deepEqual(steps, [...steps].sort((a, b) => a - b));
    assert.equal(steps[0], 0);
  }
  assert.equal(AREAS.at(-1), 20000);
  assert.equal(SHARES.at(-1), 0.2);
  assert.equal(AREAS[findNearest(AREAS, 4000)], 4000);
  assert.equal(AREAS[findNearest(AREAS, 1e9)], 20000);
});

test("another unit of the area keeps its size", () => {
  const settings = { ...SETTINGS, area_threshold: 4000 };
  const share = changeAreaUnit(settings, "%", 400_000);
  assert.equal(share.area_share, 0.01);
  const back = changeAreaUnit(share, "px", 400_000);
  assert.equal(back.area_share, null);
  assert.equal(back.area_threshold, 4000);
});
