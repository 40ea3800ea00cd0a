import assert from "node:assert/strict";
import test from "node:test";

import { describeInterval } from "../../desra_studio/ui/static/proof/intervals.js";

const tell = (value) => `${Math.round(100 * value)} %`;

test("an interval has two ends", () => {
  assert.equal(describeInterval([0.7, 0.9], 0.8, tell), "70 % to 90 %");
});

test("where all or none was counted it has one", () => {
  assert.equal(describeInterval([0.37, 1], 1, tell), "at least 37 %");
  assert.equal(describeInterval([0, 0.22], 0, tell), "at most 22 %");
});

test("below the number of images that it takes it says how many more", () => {
  assert.equal(describeInterval(null, 0.8, tell, 4), "no interval: 4 images more");
  assert.equal(describeInterval(null, 0.8, tell, 1), "no interval: 1 image more");
  assert.equal(describeInterval(null, 0.8, tell), "");
  assert.equal(describeInterval(null, null, tell, 4), "");
});
