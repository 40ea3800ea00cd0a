import assert from "node:assert/strict";
import { test } from "node:test";

import { countNoun, describeMarked } from "../../desra_studio/ui/static/shared/words.js";

test("a share that per cent would round away is told in px", () => {
  const total = 4_000_000;
  assert.equal(describeMarked(0, total), "nothing marked");
  assert.equal(describeMarked(9 / total, total), "9 px marked");
  assert.equal(describeMarked(1999 / total, total), "1,999 px marked");
  assert.equal(describeMarked(0.0005, total), "0.1 % marked");
  assert.equal(describeMarked(0.25, total), "25.0 % marked");
});

test("one is no plural", () => {
  assert.deepEqual([0, 1, 2].map((count) => countNoun(count, "image")), ["0 images", "1 image", "2 images"]);
});
