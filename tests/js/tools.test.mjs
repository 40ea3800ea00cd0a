import assert from "node:assert/strict";
import { test } from "node:test";

import { BrushTool } from "../../desra_studio/ui/static/review/tools/brush.js";
import { LassoTool } from "../../desra_studio/ui/static/review/tools/lasso.js";
import { WandTool } from "../../desra_studio/ui/static/review/tools/wand.js";
import { Gestures } from "../../desra_studio/ui/static/viewer/gestures.js";

const POINT = { x: 5, y: 5 };

/** A document that notes its strokes as [radius, value]. */
const makeDocument = () => {
  const strokes = [];
  return {
    strokes,
    beginStroke() {},
    stroke: (from, to, radius, value) => strokes.push([radius, value]),
  };
};

const makeBrush = (value = 1) => new BrushTool("brush", "Brush", "b", value, () => 8);

test("how hard a pen presses scales the brush; a mouse and a finger have one size", () => {
  const document = makeDocument();
  const brush = makeBrush();
  brush.press(document, POINT, { pointerType: "pen", pressure: 0.5, buttons: 1 });
  brush.move(document, POINT, { pointerType: "pen", pressure: 1 });
  brush.move(document, POINT, { pointerType: "pen", pressure: 0 });
  brush.press(document, POINT, { pointerType: "mouse", pressure: 0.5, buttons: 1 });
  brush.press(document, POINT, { pointerType: "touch", pressure: 0.1, buttons: 1 });
  brush.press(document, POINT, { altKey: false });
  const radii = document.strokes.map(([radius]) => radius);
  assert.deepEqual([...radii.slice(0, 2), ...radii.slice(3)], [4, 8, 8, 8, 8]);
  assert.ok(radii[2] >= 0.5, "the lightest touch marks a pixel");
});

test("a pen's other end erases, as Alt does", () => {
  const document = makeDocument();
  makeBrush().press(document, POINT, { pointerType: "pen", pressure: 1, buttons: 32 });
  makeBrush().press(document, POINT, { altKey: true, buttons: 1 });
  makeBrush().press(document, POINT, { altKey: false, buttons: 1 });
  assert.deepEqual(document.strokes.map(([, value]) => value), [0, 0, 1]);
  const lasso = new LassoTool(() => "+");
  const filled = [];
  lasso.press(null, POINT, { pointerType: "pen", buttons: 32 });
  lasso.release({ width: 9, height: 9, fillSpans: (spans, value) => filled.push(value) > 0 });
  assert.deepEqual(filled, [0]);
});

test("every point of a pen has its own pressure, and its other end begins a stroke", () => {
  const listeners = {};
  const canvas = {
    addEventListener: (name, heard) => (listeners[name] = heard),
    setPointerCapture() {},
    getBoundingClientRect: () => ({ left: 0, top: 0 }),
  };
  const heard = [];
  const tool = {
    press: (document, point, { buttons }) => heard.push(["press", buttons]),
    move: (document, point, { pressure }) => heard.push(["move", pressure]),
  };
  const panes = {
    document: {},
    view: { x: 0, y: 0, scale: 1 },
    pane: { width: 10, height: 10 },
    ratio: 1,
    pointer: null,
    invalidate() {},
  };
  const host = { tool: () => tool, locked: () => false, onPress() {}, onPoint() {} };
  new Gestures(panes, host).bind(canvas);
  const at = { pointerId: 1, pointerType: "pen", clientX: 3, clientY: 3, preventDefault() {} };
  listeners.pointerdown({ ...at, button: 5, buttons: 32 });
  const steps = [0.2, 0.6].map((pressure) => ({ ...at, pressure }));
  listeners.pointermove({ ...at, pressure: 0.6, getCoalescedEvents: () => steps });
  assert.deepEqual(heard, [["press", 32], ["move", 0.2], ["move", 0.6]]);
});

/** What the wand says after a click on a px of a map, with all or none of the image marked. */
const askWand = ({ x = 1, map = [200, 20, 20, 255], changes = false, altKey = false }) => {
  const said = [];
  const wand = new WandTool({
    sign: () => "+",
    tolerance: () => 0.1,
    step() {},
    map: () => Uint8Array.from(map),
    say: (text) => said.push(text),
  });
  const document = {
    width: 4,
    height: 1,
    beginStroke() {},
    strokePixels() {},
    endStroke: () => changes,
  };
  wand.press(document, { x: x + 0.5, y: 0.5 }, { altKey });
  wand.release(document);
  return said.join();
};

test("the wand says why it changed nothing", () => {
  assert.equal(askWand({ changes: true }), "");
  assert.match(askWand({}), /^All 2 px .* marked already.*tolerance/);
  assert.match(askWand({ altKey: true }), /^None of the 2 px .* is marked/);
  assert.match(askWand({ x: 3 }), /nothing to grow/);
  assert.match(askWand({ x: 7 }), /in the image/);
});
