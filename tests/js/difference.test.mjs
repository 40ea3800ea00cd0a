import assert from "node:assert/strict";
import { test } from "node:test";

import { areEqual, combineMasks, splitMasks } from "../../desra_studio/ui/static/masks/difference.js";

const MINE = Uint8Array.from([0, 1, 0, 1, 1]);
const THEIRS = Uint8Array.from([0, 0, 1, 1, 0]);

test("two masks fall into mine, theirs and both", () => {
  const { mine, theirs, both, counts } = splitMasks(MINE, THEIRS);
  assert.deepEqual([...mine], [0, 1, 0, 0, 1]);
  assert.deepEqual([...theirs], [0, 0, 1, 0, 0]);
  assert.deepEqual([...both], [0, 0, 0, 1, 0]);
  assert.deepEqual(counts, { mine: 2, theirs: 1, both: 1 });
});

test("every choice gives a mask of its own", () => {
  const results = {
    mine: [0, 1, 0, 1, 1],
    theirs: [0, 0, 1, 1, 0],
    union: [0, 1, 1, 1, 1],
    intersection: [0, 0, 0, 1, 0],
  };
  for (const [choice, expected] of Object.entries(results)) {
    const made = combineMasks(MINE, THEIRS, choice);
    assert.deepEqual([...made], expected, choice);
    made.fill(0);
  }
  assert.deepEqual([...MINE], [0, 1, 0, 1, 1], "the masks themselves stay");
  assert.throws(() => combineMasks(MINE, THEIRS, "neither"), /neither/);
});

test("equal to the pixel or not", () => {
  assert.equal(areEqual(MINE, MINE.slice()), true);
  assert.equal(areEqual(MINE, THEIRS), false);
});
