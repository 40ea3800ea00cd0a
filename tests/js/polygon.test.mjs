import assert from "node:assert/strict";
import { test } from "node:test";

import { fillPolygon } from "../../desra_studio/ui/static/masks/polygon.js";

const size = { width: 12, height: 10 };

function show(points) {
  const rows = Array.from({ length: size.height }, () => ".".repeat(size.width).split(""));
  for (const { y, from, to } of fillPolygon(points, size)) rows[y].fill("#", from, to);
  return rows.map((row) => row.join("")).join("\n");
}

const corners = (...pairs) => pairs.map(([x, y]) => ({ x, y }));

test("a rectangle marks the pixels whose centre it holds, whichever way round", () => {
  const points = corners([2.4, 1.6], [6.5, 1.6], [6.5, 4.4], [2.4, 4.4]);
  assert.deepEqual(fillPolygon(points, size), [
    { y: 2, from: 2, to: 6 },
    { y: 3, from: 2, to: 6 },
  ]);
  assert.deepEqual(fillPolygon([...points].reverse(), size), fillPolygon(points, size));
});

test("neighbours share no pixel and leave none between", () => {
  const [a, b, c, d] = corners([0, 0], [12, 0], [12, 10], [0, 10]);
  const middle = { x: 5.5, y: 4.5 };
  const counts = new Map();
  for (const [start, end] of [[a, b], [b, c], [c, d], [d, a]]) {
    for (const { y, from, to } of fillPolygon([start, end, middle], size)) {
      for (let x = from; x < to; x++) counts.set(`${x} ${y}`, (counts.get(`${x} ${y}`) ?? 0) + 1);
    }
  }
  assert.equal(counts.size, 120);
  assert.ok([...counts.values()].every((count) => count === 1));
});

test("an outline that goes round twice leaves no hole", () => {
  const outer = corners([1, 1], [9, 1], [9, 9], [1, 9]);
  const inner = corners([3, 3], [7, 3], [7, 7], [3, 7]);
  assert.equal(show([...outer, outer[0], ...inner, inner[0]]), show(outer));
  const eight = corners([0, 0], [10, 8], [10, 0], [0, 8]);
  assert.ok(show(eight).includes("#........#"), "both loops of an eight are filled, and no more");
});

test("what lies outside is cut off, and lines hold nothing", () => {
  const all = corners([-50, -50], [90, -50], [90, 90], [-50, 90]);
  assert.equal(show(all), Array.from({ length: 10 }, () => "#".repeat(12)).join("\n"));
  assert.deepEqual(fillPolygon(corners([20, 2], [30, 2], [30, 8]), size), []);
  assert.deepEqual(fillPolygon(corners([1, 1], [9, 7]), size), []);
  assert.deepEqual(fillPolygon(corners([3, 3]), size), []);
  assert.deepEqual(fillPolygon([], size), []);
});
