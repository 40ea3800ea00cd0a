import assert from "node:assert/strict";
import { test } from "node:test";

import { DEPTH, History } from "../../desra_studio/ui/static/masks/history.js";

const WIDTH = 300;
const HEIGHT = 200;

function paint(history, x0, y0, x1, y1, value) {
  history.begin();
  history.touch({ x0, y0, x1, y1 });
  for (let y = y0; y < y1; y++) history.mask.fill(value, y * WIDTH + x0, y * WIDTH + x1);
  return history.commit();
}

function start() {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  return { mask, history: new History(mask, WIDTH, HEIGHT) };
}

test("undo and redo give every state back, across tiles", () => {
  const { mask, history } = start();
  const states = [mask.slice()];
  paint(history, 100, 100, 290, 190, 1);
  states.push(mask.slice());
  paint(history, 120, 90, 140, 200, 0);
  states.push(mask.slice());
  assert.equal(history.undo().length > 0, true);
  assert.deepEqual(mask, states[1]);
  history.undo();
  assert.deepEqual(mask, states[0]);
  assert.equal(history.undo(), null);
  history.redo();
  history.redo();
  assert.deepEqual(mask, states[2]);
  assert.equal(history.redo(), null);
});

test("an action that changes nothing leaves no trace", () => {
  const { history } = start();
  assert.equal(paint(history, 0, 0, 50, 50, 0), false);
  assert.equal(history.dirty, false);
  assert.equal(history.undo(), null);
});

test("a new action forgets what was undone", () => {
  const { history } = start();
  paint(history, 0, 0, 5, 5, 1);
  history.undo();
  paint(history, 5, 5, 9, 9, 1);
  assert.equal(history.redo(), null);
});

test("undo works across a save, and dirty follows the saved state", () => {
  const { mask, history } = start();
  paint(history, 0, 0, 5, 5, 1);
  history.savedSerial = history.current;
  assert.equal(history.dirty, false);
  history.undo();
  assert.equal(history.dirty, true);
  assert.equal(mask[0], 0);
  history.redo();
  assert.equal(history.dirty, false);
  history.undo();
  paint(history, 7, 7, 9, 9, 1);
  assert.equal(history.dirty, true);
});

test("it goes back at least a hundred actions", () => {
  const { mask, history } = start();
  for (let x = 0; x < DEPTH + 20; x++) paint(history, x, 0, x + 1, 1, 1);
  let steps = 0;
  while (history.undo()) steps += 1;
  assert.equal(steps, DEPTH);
  assert.ok(DEPTH >= 100);
  assert.equal(mask.slice(0, 20).every(Boolean), true);
  assert.equal(mask[20], 0);
});

function replace(history, value, group = null, x0 = 0, x1 = WIDTH) {
  const mask = history.mask.slice();
  for (let y = 0; y < HEIGHT; y++) mask.fill(value, y * WIDTH + x0, y * WIDTH + x1);
  return history.replace(mask, group);
}

test("a replaced mask tells which tiles changed, and is one action", () => {
  const { mask, history } = start();
  const changed = replace(history, 1, null, 130, 140);
  assert.deepEqual(changed, [
    { x0: 128, y0: 0, x1: 256, y1: 128 },
    { x0: 128, y0: 128, x1: 256, y1: 200 },
  ]);
  assert.equal(mask[135], 1);
  assert.deepEqual(replace(history, 1, null, 130, 140), []);
  assert.equal(history.done.length, 1);
  history.undo();
  assert.equal(mask.some(Boolean), false);
});

test("actions of a group are undone in one step, but not across others", () => {
  const { mask, history } = start();
  paint(history, 0, 0, 5, 5, 1);
  const before = mask.slice();
  replace(history, 1, 7, 0, 50);
  const serial = history.current;
  replace(history, 1, 7, 200, 250);
  assert.notEqual(history.current, serial, "a save in between would be noticed");
  const after = mask.slice();
  assert.equal(history.done.length, 2);
  history.undo();
  assert.deepEqual(mask, before);
  history.redo();
  assert.deepEqual(mask, after);
  replace(history, 0, 7, 0, 10);
  assert.equal(history.done.length, 3, "what was undone and redone is closed");
  replace(history, 1, 8, 0, 10);
  assert.equal(history.done.length, 4, "another group is another action");
  paint(history, 60, 0, 65, 5, 1);
  replace(history, 0, 8, 0, 10);
  assert.equal(history.done.length, 6, "a stroke in between closes a group");
});

test("a group that comes back to where it began leaves no trace", () => {
  const { history } = start();
  replace(history, 1, 3, 0, 50);
  assert.equal(history.dirty, true);
  replace(history, 0, 3, 0, 50);
  assert.equal(history.done.length, 0);
  assert.equal(history.dirty, false);
});

test("what a mask was made of goes back and forth with it", () => {
  const { history } = start();
  paint(history, 0, 0, 5, 5, 1);
  replace(history, 1, 1, 0, 50);
  history.source = "tried";
  replace(history, 1, 1, 50, 60);
  history.source = "tried again";
  paint(history, 0, 0, 9, 9, 0);
  history.undo();
  assert.equal(history.source, "tried again");
  history.undo();
  assert.equal(history.source, null);
  history.redo();
  assert.equal(history.source, "tried again");
});

test("spans are filled as one action that keeps only the tiles it changed", () => {
  const { mask, history } = start();
  paint(history, 0, 0, 10, 10, 1);
  const before = mask.slice();
  const spans = [
    { y: 5, from: 2, to: 8 },
    { y: 150, from: 120, to: 140 },
  ];
  assert.deepEqual(history.fill(spans, 1), [
    { x0: 0, y0: 128, x1: 128, y1: 200 },
    { x0: 128, y0: 128, x1: 256, y1: 200 },
  ]);
  assert.equal(mask[150 * WIDTH + 139], 1);
  history.undo();
  assert.deepEqual(mask, before);
  assert.deepEqual(history.fill([spans[0]], 1), [], "marked already");
  assert.equal(history.done.length, 1);
});

test("pixels of an open action are written and given back", () => {
  const { mask, history } = start();
  paint(history, 0, 0, 10, 10, 1);
  const before = mask.slice();
  history.begin();
  history.writePixels([5, 20, 199 * WIDTH + 299], 1);
  assert.deepEqual([mask[5], mask[20], mask.at(-1)], [1, 1, 1]);
  assert.deepEqual(history.writePixels([5, 20], null), [{ x0: 0, y0: 0, x1: 128, y1: 128 }]);
  assert.deepEqual([mask[5], mask[20], mask.at(-1)], [1, 0, 1]);
  assert.equal(history.commit(), true);
  history.undo();
  assert.deepEqual(mask, before);
});
