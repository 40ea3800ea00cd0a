import assert from "node:assert/strict";
import { test } from "node:test";

import { groupSpans, readSpans } from "../../desra_studio/ui/static/masks/spans.js";
import { findCut, traceLine } from "../../desra_studio/ui/static/masks/split.js";

const size = { width: 40, height: 30 };

function makeMask(isMarked) {
  return Uint8Array.from({ length: 1200 }, (_, at) => Number(isMarked(at % 40, Math.floor(at / 40))));
}

function cut(mask, start, end) {
  const after = mask.slice();
  const spans = findCut(mask, size, start, end);
  for (const { y, from, to } of spans) after.fill(0, y * 40 + from, y * 40 + to);
  const components = (each) => groupSpans(readSpans(each, 40, 30)).length;
  return { spans, before: components(mask), after: components(after) };
}

test("a line goes from px to px over sides", () => {
  for (const [start, end] of [
    [{ x: 2.5, y: 3.5 }, { x: 20.2, y: 9.9 }],
    [{ x: 20.2, y: 9.9 }, { x: 2.5, y: 3.5 }],
    [{ x: 5, y: 5 }, { x: 15, y: 15 }],
    [{ x: 15, y: 5 }, { x: 5, y: 15 }],
    [{ x: 7.3, y: 2 }, { x: 7.3, y: 12 }],
    [{ x: 2, y: 7.9 }, { x: -8, y: 7.9 }],
    [{ x: 4.5, y: 4.5 }, { x: 4.6, y: 4.5 }],
  ]) {
    const line = traceLine(start, end);
    assert.deepEqual(line[0], { x: Math.floor(start.x), y: Math.floor(start.y) });
    assert.deepEqual(line.at(-1), { x: Math.floor(end.x), y: Math.floor(end.y) });
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1], line[i]];
      assert.equal(Math.abs(a.x - b.x) + Math.abs(a.y - b.y), 1);
    }
    assert.equal(
      line.length,
      1 + Math.abs(line[0].x - line.at(-1).x) + Math.abs(line[0].y - line.at(-1).y),
    );
  }
});

test("a component falls apart along lines of every slope", () => {
  const disc = makeMask((x, y) => Math.hypot(x - 20, y - 15) <= 10);
  for (let angle = 0; angle < Math.PI; angle += 0.037) {
    const [dx, dy] = [14 * Math.cos(angle), 14 * Math.sin(angle)];
    const middle = { x: 20.3, y: 15.7 };
    const result = cut(
      disc,
      { x: middle.x - dx, y: middle.y - dy },
      { x: middle.x + dx, y: middle.y + dy },
    );
    assert.deepEqual([result.before, result.after], [1, 2], `angle ${angle}`);
    assert.ok(result.spans.length <= 2 * 21, "one px wide, two where it steps");
  }
});

test("what does not fall apart stays whole", () => {
  const ring = makeMask((x, y) => {
    const distance = Math.hypot(x - 20, y - 15);
    return distance <= 10 && distance >= 5;
  });
  assert.deepEqual(cut(ring, { x: 0, y: 15 }, { x: 20, y: 15 }).spans, [], "through one side only");
  assert.equal(cut(ring, { x: 0, y: 15 }, { x: 39, y: 15 }).after, 2);
  assert.deepEqual(cut(ring, { x: 12, y: 15 }, { x: 28, y: 15 }).spans, [], "ends inside");
  assert.deepEqual(cut(ring, { x: -30, y: -5 }, { x: -3, y: 50 }).spans, [], "beside the image");
});

test("of several components under a line only those that fall apart are cut", () => {
  const mask = makeMask((x, y) => y >= 10 && y < 16 && ((x >= 2 && x < 10) || (x >= 20 && x < 30)));
  const result = cut(mask, { x: 0, y: 13 }, { x: 25, y: 13 });
  assert.deepEqual([result.before, result.after], [2, 3]);
  assert.ok(result.spans.every(({ to }) => to <= 10));
});
