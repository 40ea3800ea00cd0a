import assert from "node:assert/strict";
import { test } from "node:test";

import { describeHeld, describeSaved, summarize } from "../../desra_studio/ui/static/review/texts.js";

const held = (...names) => names.map((claimed_by, id) => ({ id, claimed_by }));

test("who works on what is left is told once each", () => {
  assert.match(describeHeld(held("Bo")), /^Bo works on the image that is left: wait, or take it/);
  assert.match(describeHeld(held("Bo", "Bo")), /^Bo works on the 2 images that are left: wait, or take one/);
  assert.match(describeHeld(held("Bo", "Al", "Bo", "Di")), /^Bo, Al and Di work on the 4 images/);
});

test("of an image that is labelled blind nothing detected is told", () => {
  const record = { veiled: true, revision: null };
  const document = { record, detected: null, area: 0, width: 4, height: 4 };
  assert.match(summarize(document), /^Labelled blind: the detector's view comes after you save\./);
  assert.equal(describeSaved(record, false), "Nothing saved yet");
});
