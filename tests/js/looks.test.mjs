import assert from "node:assert/strict";
import { test } from "node:test";

import {
  applyCurve,
  AS_IT_IS,
  describeAdjustment,
  isAdjusted,
  makeCurve,
} from "../../desra_studio/ui/static/viewer/curve.js";
import { countLevels, traceLevels } from "../../desra_studio/ui/static/viewer/levels.js";
import { subtractPixels, tabulateDifferences } from "../../desra_studio/ui/static/viewer/subtract.js";

const adjust = (changes) => makeCurve({ ...AS_IT_IS, ...changes });

test("nothing changes where nothing is adjusted", () => {
  assert.deepEqual([...adjust({})], Array.from({ length: 256 }, (_, value) => value));
  assert.ok(!isAdjusted(AS_IT_IS));
  assert.equal(describeAdjustment(AS_IT_IS), "");
});

test("a stop doubles, contrast turns about the middle, gamma keeps black and white", () => {
  assert.deepEqual([0, 50, 127, 200].map((value) => adjust({ exposure: 1 })[value]), [0, 100, 254, 255]);
  const contrast = adjust({ contrast: 2 });
  assert.deepEqual([contrast[0], contrast[100], contrast[255]], [0, 72, 255]);
  assert.ok(Math.abs(contrast[127] - 127) <= 1);
  const gamma = adjust({ gamma: 2 });
  assert.deepEqual([gamma[0], gamma[64], gamma[255]], [0, 128, 255]);
});

test("alpha is not adjusted", () => {
  const pixels = Uint8ClampedArray.of(10, 20, 30, 40);
  applyCurve(pixels, adjust({ exposure: 1 }));
  assert.deepEqual([...pixels], [20, 40, 60, 40]);
});

test("what is adjusted is said", () => {
  assert.equal(describeAdjustment({ exposure: -1.5, contrast: 1.25, gamma: 1 }), "−1.5 EV, contrast 1.25");
  assert.equal(describeAdjustment({ exposure: 1, contrast: 1, gamma: 0.8 }), "+1 EV, gamma 0.8");
});

test("a difference is shown by size from black on, or signed around grey, with a gain", () => {
  const show = (gain, signed) => {
    const first = Uint8ClampedArray.of(100, 50, 7, 255);
    subtractPixels(first, Uint8ClampedArray.of(90, 60, 7, 255), tabulateDifferences(gain, signed));
    return [...first];
  };
  assert.deepEqual(show(1, false), [10, 10, 0, 255]);
  assert.deepEqual(show(4, false), [40, 40, 0, 255]);
  assert.deepEqual(show(4, true), [168, 88, 128, 255]);
  assert.deepEqual(show(32, true), [255, 0, 128, 255]);
});

test("levels count what there is, and nothing beside the image", () => {
  const { bins, count, mean, deviation } = countLevels(
    Uint8ClampedArray.of(0, 0, 0, 255, 200, 200, 200, 255, 9, 9, 9, 0),
  );
  assert.deepEqual([bins[0], bins[50], bins.length, count], [1, 1, 64, 2]);
  assert.deepEqual([Math.round(mean), Math.round(deviation)], [100, 100]);
  assert.deepEqual(countLevels(new Uint8ClampedArray(4)).count, 0);
});

test("a histogram is an outline that the fullest bin fills", () => {
  assert.equal(traceLevels([0, 4, 1], 30, 10), "M0 10V10H10V0H20V5H30V10Z");
  assert.doesNotMatch(traceLevels([0, 0], 30, 10), /NaN/);
});
