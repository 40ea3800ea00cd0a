import assert from "node:assert/strict";
import { test } from "node:test";

import { Growth, UNKNOWN } from "../../desra_studio/ui/static/masks/wand.js";

const WIDTH = 7;
const MAP = Uint8Array.from([
  90, 90, 90, 90, 90, 90, 90,
  90, 20, 30, 90, 10, 90, 90,
  90, 25, 60, 50, 15, 90, 90,
  90, 90, 90, 90, 90, 90, 255,
  40, 90, 90, 90, 90, 255, 12,
]);
const size = { width: WIDTH, height: 5 };

/** The px of a region, plainly: a flood through px of at most a level. */
function flood(map, { width, height }, seed, level) {
  const found = new Set([seed]);
  for (const at of found) {
    const x = at % width;
    const beside = [x > 0 && at - 1, x < width - 1 && at + 1, at - width, at + width];
    for (const next of beside) {
      if (next !== false && next >= 0 && next < width * height && map[next] <= level) found.add(next);
    }
  }
  return [...found].sort((a, b) => a - b);
}

const region = (growth, level) => [...growth.list(0, growth.reach(level))].sort((a, b) => a - b);

test("a region holds what is reached through px of at most its level", () => {
  const seed = WIDTH + 1;
  const growth = new Growth(MAP, size, seed);
  assert.equal(growth.base, 20);
  assert.deepEqual(region(growth, 0), [seed], "never less than the seed and what is below it");
  for (const level of [20, 24, 25, 30, 59, 60, 89, 90, 254]) {
    assert.deepEqual(region(growth, level), flood(MAP, size, seed, level), `level ${level}`);
  }
  assert.deepEqual(region(growth, 30), flood(MAP, size, seed, 30), "back to a lower level");
});

test("what is lower than the seed belongs to it, what is unknown to nothing", () => {
  const growth = new Growth(MAP, size, 2 * WIDTH + 3);
  assert.deepEqual(region(growth, 50), [WIDTH + 4, 2 * WIDTH + 3, 2 * WIDTH + 4]);
  assert.equal(growth.reach(1000), 35 - 3, "neither 255 nor what lies behind it");
  assert.equal(UNKNOWN, 255);
});

test("regions of random maps are those of a plain flood", () => {
  let state = 5;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const large = { width: 60, height: 40 };
  const map = Uint8Array.from({ length: 2400 }, () => Math.floor(random() * 255));
  const growth = new Growth(map, large, 1230);
  for (const level of [120, 200, 140, 254, 90]) {
    const wanted = Math.max(level, growth.base);
    assert.deepEqual(region(growth, level), flood(map, large, 1230, wanted));
  }
});
