import assert from "node:assert/strict";
import { test } from "node:test";

import { tell } from "../../desra_studio/ui/static/shared/actions.js";
import { readDetector } from "../../desra_studio/ui/static/datasets/actions.js";
import {
  mergeRows,
  tellDeletion,
  tellExported,
  tellImages,
  tellRestored,
} from "../../desra_studio/ui/static/datasets/words.js";

const rows = (...ids) => ids.map((id) => ({ id, name: `set ${id}` }));

test("what was deleted just now stays in its place", () => {
  const merged = mergeRows(rows(9, 4, 1), rows(6));
  assert.deepEqual(merged.map(({ id }) => id), [9, 6, 4, 1]);
  assert.deepEqual(merged.map(({ gone }) => Boolean(gone)), [false, true, false, false]);
});

test("what is restored, here or by somebody else, is a dataset again", () => {
  assert.deepEqual(mergeRows(rows(9, 4), rows(4)), rows(9, 4));
  assert.deepEqual(mergeRows([], rows(4)), [{ id: 4, name: "set 4", gone: true }]);
  assert.deepEqual(mergeRows([], []), []);
});

test("a restored dataset that had to take another name says why", () => {
  assert.equal(tellRestored("set", "set"), "set is restored.");
  assert.equal(tellRestored("set", "set 2"), "Restored as set 2: another dataset is named set by now.");
});

test("the bin tells how many images, when and who", () => {
  assert.equal(tellImages(1), "1 image");
  assert.equal(tellImages(24), "24 images");
  const deleted = { deleted_at: "2026-11-30T01:42:00+00:00", deleted_by: "ana" };
  assert.match(tellDeletion(deleted, "en"), /^deleted Nov (29|30), 2026, .* by ana$/);
  assert.doesNotMatch(tellDeletion({ ...deleted, deleted_by: "" }, "en"), / by/);
});

test("the detector's fields become what routes take", () => {
  const pixels = readDetector(0.65, 400.9, "px", "released");
  assert.deepEqual(pixels, {
    contrast_threshold: 0.65,
    class_weights: "released",
    area_threshold: 400,
  });
  const share = readDetector(0.7, 0.5, "% of the image", "none");
  assert.deepEqual(share, { contrast_threshold: 0.7, class_weights: "none", area_share: 0.005 });
  for (const empty of [[null, 400], [0.7, null]]) {
    assert.throws(() => readDetector(...empty, "px", "released"), /Fill in both thresholds/);
  }
});

test("what went wrong is told in words, and nothing where nothing did", async () => {
  assert.equal(await tell(async () => 1), "");
  assert.equal(await tell(() => Promise.reject(new Error("No folder is named."))), "No folder is named.");
});

test("an export says how much it wrote and what it left out", () => {
  const exported = { images: 1, notes: ["2 images left out, without LR: a, b"] };
  assert.equal(
    tellExported("set-pairs.zip", exported),
    "set-pairs.zip: 1 image. 2 images left out, without LR: a, b.",
  );
});
