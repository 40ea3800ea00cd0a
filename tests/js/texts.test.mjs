import assert from "node:assert/strict";
import { test } from "node:test";

import { describeHeld } from "../../desra_studio/ui/static/review/texts.js";

const held = (...names) => names.map((claimed_by, id) => ({ id, claimed_by }));

test("who works on what is left is told once each", () => {
  assert.match(describeHeld(held("Bo")), /^Bo works on the image that is left: wait, or take it/);
  assert.match(describeHeld(held("Bo", "Bo")), /^Bo works on the 2 images that are left: wait, or take one/);
  assert.match(describeHeld(held("Bo", "Al", "Bo", "Di")), /^Bo, Al and Di work on the 4 images/);
});
