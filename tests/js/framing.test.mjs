import assert from "node:assert/strict";
import { test } from "node:test";

import { frameBox } from "../../desra_studio/ui/static/viewer/geometry.js";

const image = { width: 1000, height: 800 };
const pane = { width: 300, height: 400 };

test("a component is in the middle, with context, its pixels equally large", () => {
  const view = frameBox({ x: 480, y: 380, w: 40, h: 40 }, pane, image);
  assert.deepEqual(view, { x: 500, y: 400, scale: 3 });
});

test("a large component is seen with its context", () => {
  const { scale } = frameBox({ x: 300, y: 200, w: 240, h: 240 }, pane, image);
  assert.equal(scale, 0.625);
});

test("a tiny component is not enlarged without end", () => {
  assert.equal(frameBox({ x: 500, y: 400, w: 2, h: 2 }, pane, image).scale, 8);
});

test("at the border the image fills the pane", () => {
  const { x, y, scale } = frameBox({ x: 0, y: 780, w: 40, h: 20 }, pane, image);
  assert.equal(scale, 3);
  assert.deepEqual([x, y], [50, 800 - 200 / 3]);
});

test("an image smaller than the pane is in its middle, never smaller than need be", () => {
  const small = { width: 96, height: 96 };
  assert.deepEqual(frameBox({ x: 0, y: 0, w: 90, h: 90 }, pane, small), { x: 48, y: 48, scale: 3 });
});
