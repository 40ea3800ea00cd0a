import assert from "node:assert/strict";
import { test } from "node:test";

import { keepFilled, toImage } from "../../desra_studio/ui/static/viewer/geometry.js";
import { Viewer } from "../../desra_studio/ui/static/viewer/viewer.js";

const image = { width: 400, height: 300 };
const pane = { width: 200, height: 200 };
const SCALES = [1, 2, 3, 4, 6, 8];

class Panes extends Viewer {
  drawn = 0;
  invalidate() {
    this.drawn += 1;
  }
}

/** Panes that show the image from its home on. */
function show(options) {
  const panes = new Panes(options);
  panes.document = image;
  panes.pane = pane;
  panes.goHome();
  return panes;
}

test("without a document nothing moves and nothing fails", () => {
  const panes = new Panes();
  panes.resize(pane);
  for (const act of ["fit", "goHome", "toggleActualSize"]) panes[act]();
  panes.zoom(2);
  panes.step(1);
  panes.pan(5, 5);
  assert.equal(panes.view, null);
});

test("home is the whole image unless told otherwise", () => {
  assert.deepEqual(show().view, { x: 200, y: 150, scale: 0.5 });
  const corner = { x: 10, y: 10, scale: 3 };
  const panes = show({ home: () => corner });
  assert.deepEqual(panes.view, corner);
  panes.fit();
  assert.equal(panes.view.scale, 0.5);
});

test("what is under the pointer stays there, at any scale", () => {
  const panes = show();
  const point = { x: 150, y: 80 };
  const before = toImage(panes.view, pane, point);
  panes.zoom(3, point);
  panes.showScale(7, point);
  const after = toImage(panes.view, pane, point);
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-9);
  panes.pointer = { x: 210, y: 160 };
  const fixed = (view) => ({ x: (210 - view.x) * view.scale, y: (160 - view.y) * view.scale });
  const at = fixed(panes.view);
  panes.step(1);
  const then = fixed(panes.view);
  assert.equal(panes.view.scale, 8.75);
  assert.ok(Math.hypot(then.x - at.x, then.y - at.y) < 1e-9);
});

test("1:1 and the whole image take turns", () => {
  const panes = show();
  panes.zoom(3);
  panes.toggleActualSize();
  assert.equal(panes.view.scale, 1);
  panes.toggleActualSize();
  assert.deepEqual(panes.view, { x: 200, y: 150, scale: 0.5 });
  assert.ok(panes.drawn > 3);
});

test("another size of the panes leaves what was chosen, and fits what was fitted", () => {
  const panes = show({ home: (_, { width }) => ({ x: 9, y: 9, scale: width / 50 }) });
  panes.resize({ width: 100, height: 100 });
  assert.deepEqual(panes.view, { x: 9, y: 9, scale: 2 }, "home");
  panes.fit();
  panes.resize(pane, 2);
  assert.equal(panes.ratio, 2);
  assert.equal(panes.view.scale, 0.5, "whole");
  panes.zoom(5);
  panes.resize({ width: 90, height: 90 });
  assert.equal(panes.view.scale, 2.5);
});

test("where there are only some scales, small zooms add up to the next", () => {
  const panes = show({ scales: SCALES });
  assert.equal(panes.view.scale, 1, "the whole image would be smaller than any");
  panes.zoom(1.2);
  assert.equal(panes.view.scale, 1);
  panes.zoom(1.2);
  assert.equal(panes.view.scale, 2);
  panes.zoom(1.2);
  assert.equal(panes.view.scale, 2, "1.2 three times is nearer to it than to 3");
  for (const factor of [9, 9, 9]) panes.zoom(factor);
  assert.equal(panes.view.scale, 8);
  panes.zoom(0.7);
  assert.equal(panes.view.scale, 6, "what went beyond the last is forgotten");
  panes.step(-1);
  assert.equal(panes.view.scale, 4);
  for (const _ of SCALES) panes.step(1);
  assert.equal(panes.view.scale, 8);
  for (const _ of SCALES) panes.step(-1);
  assert.equal(panes.view.scale, 1);
});

test("the whole image has one of the scales, too", () => {
  const panes = show({ scales: SCALES });
  panes.document = { width: 40, height: 30 };
  panes.fit();
  assert.deepEqual(panes.view, { x: 20, y: 15, scale: 4 });
});

test("an image may be kept in the middle where it fits in, and without a margin where not", () => {
  const panes = show({ keep: keepFilled });
  panes.pan(500, -500);
  assert.deepEqual(panes.view, { x: 200, y: 150, scale: 0.5 });
  panes.showScale(2);
  panes.pan(9999, 0);
  assert.deepEqual(panes.view, { x: 50, y: 150, scale: 2 });
});
