import assert from "node:assert/strict";
import { test } from "node:test";

import { checkDisplay, measureDisplay } from "../../desra_studio/ui/static/vote/display.js";
import { Gate } from "../../desra_studio/ui/static/vote/gate.js";
import { findAction, findAnswer, listAnswers } from "../../desra_studio/ui/static/vote/keys.js";
import {
  beginView,
  clampView,
  panView,
  placePicture,
  stepScale,
  zoomView,
} from "../../desra_studio/ui/static/vote/view.js";

const picture = { width: 256, height: 256 };
const pane = { width: 600, height: 500 };

test("a trial begins at native pixels, the picture in the middle", () => {
  const view = beginView(picture);
  assert.deepEqual(view, { scale: 1, x: 128, y: 128 });
  assert.deepEqual(placePicture(view, pane), { left: 172, top: 122 });
});

test("scales are whole numbers and end somewhere", () => {
  assert.equal(stepScale(1, 1), 2);
  assert.equal(stepScale(1, -1), 1);
  assert.equal(stepScale(16, 1), 16);
  assert.equal(stepScale(4, 1), 6);
});

test("what is under the pointer stays there while zooming", () => {
  const before = { scale: 2, x: 100, y: 80 };
  const point = { x: 60, y: -30 };
  const after = zoomView(before, 1, point);
  for (const axis of ["x", "y"]) {
    const at = (view) => view[axis] + point[axis] / view.scale;
    assert.ok(Math.abs(at(before) - at(after)) < 1e-9);
  }
  assert.deepEqual(zoomView({ scale: 16, x: 9, y: 9 }, 1, point), { scale: 16, x: 9, y: 9 });
});

test("a picture that fits in stays in the middle, a larger one has no margin", () => {
  assert.deepEqual(clampView({ scale: 1, x: 0, y: 300 }, picture, pane), { scale: 1, x: 128, y: 128 });
  const large = clampView({ scale: 4, x: 0, y: 999 }, picture, pane);
  assert.deepEqual(large, { scale: 4, x: 75, y: 256 - 62.5 });
});

test("dragging moves the picture with the pointer", () => {
  assert.deepEqual(panView({ scale: 4, x: 100, y: 100 }, 40, -20), { scale: 4, x: 90, y: 105 });
});

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
  assert.equal(findAction("+"), "zoom in");
  assert.equal(findAction("ArrowLeft"), "move left");
  assert.equal(findAction("x"), null);
  for (const kind of ["choice", "prominence"]) {
    for (const { answer, key } of listAnswers(kind)) assert.equal(findAnswer(kind, key), answer);
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
