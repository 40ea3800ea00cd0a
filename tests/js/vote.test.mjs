import assert from "node:assert/strict";
import { test } from "node:test";

import { checkDisplay, measureDisplay } from "../../desra_studio/ui/static/vote/display.js";
import { Gate } from "../../desra_studio/ui/static/vote/gate.js";
import { findAction, findAnswer, listAnswers } from "../../desra_studio/ui/static/vote/keys.js";
import { listViewKeys } from "../../desra_studio/ui/static/viewer/view_keys.js";
import { Viewer } from "../../desra_studio/ui/static/viewer/viewer.js";
test("voting opens after the pictures are shown and the wait is over, and once", () => {
  const gate = new Gate();
  assert.equal(gate.take(), false);
  gate.show({ nonce: "n", wait: 1 }, 5000);
  assert.equal(gate.state, "waiting");
  assert.equal(gate.tick(5400), 600);
  assert.equal(gate.take(), false);
  assert.equal(gate.tick(6000), 0);
  assert.equal(gate.state, "open");
  assert.equal(gate.nonce, "n");
  assert.equal(gate.take(), true);
  assert.equal(gate.take(), false);
  gate.show({ nonce: "other", wait: 0 }, 7000);
  assert.equal(gate.take(), false);
});

test("without a wait voting opens at once", () => {
  const gate = new Gate();
  gate.show({ nonce: "n", wait: 0 }, 0);
  assert.equal(gate.take(), true);
});

test("keys answer by the kind of study", () => {
  assert.deepEqual(["1", "2", "0", "y"].map((key) => findAnswer("choice", key)), ["left", "right", "unsure", null]);
  assert.deepEqual(["Y", "n", "1", "2", "0"].map((key) => findAnswer("prominence", key)), ["yes", "no", "yes", "no", "unsure"]);
  assert.deepEqual(["Z", "w", "x"].map(findAction), ["native", "whole", null]);
  for (const kind of ["choice", "prominence"]) {
    for (const { answer, key } of listAnswers(kind)) assert.equal(findAnswer(kind, key), answer);
    const panes = new Viewer();
    for (const key of [..."zwflop", ...Object.keys(listViewKeys(panes))]) assert.equal(findAnswer(kind, key), null);
  }
});

test("a plain screen is good, and a zoomed or small one is told", () => {
  const plain = { devicePixelRatio: 1, innerWidth: 1366, innerHeight: 768, outerWidth: 1366, scale: 1 };
  assert.ok(checkDisplay(measureDisplay(plain)).every(({ good }) => good));
  const zoomed = measureDisplay({ ...plain, devicePixelRatio: 1.25, innerWidth: 1093 });
  assert.equal(zoomed.zoom, 1.25);
  assert.deepEqual(checkDisplay(zoomed).map(({ good }) => good), [false, false, true]);
  const phone = measureDisplay({ ...plain, devicePixelRatio: 3, innerWidth: 390, outerWidth: 390 });
  assert.deepEqual(checkDisplay(phone).map(({ good }) => good), [true, true, false]);
  // A side panel of the browser is no zoom.
  assert.equal(measureDisplay({ ...plain, innerWidth: 900 }).zoom, 1);
});
