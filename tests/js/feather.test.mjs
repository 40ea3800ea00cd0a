import assert from "node:assert/strict";
import { test } from "node:test";

import { featherMask } from "../../desra_studio/ui/static/viewer/feather.js";

const size = { width: 40, height: 30 };
const all = { x0: 0, y0: 0, x1: 40, y1: 30 };

test("what is marked is whole, and fades outward", () => {
  const mask = new Uint8Array(40 * 30);
  for (let y = 0; y < 30; y++) mask.fill(1, y * 40 + 20, y * 40 + 40);
  const weights = featherMask(mask, size, all);
  // 255 exp(-d^2 / (2 2^2)) at d px from the mask, rounded.
  assert.deepEqual([...weights.slice(400 + 11, 400 + 22)], [0, 0, 1, 3, 11, 35, 83, 155, 225, 255, 255]);
});

test("the distance is that of the nearest px in any direction", () => {
  const mask = new Uint8Array(40 * 30);
  mask[12 * 40 + 17] = 1;
  const weights = featherMask(mask, size, all);
  for (let y = 0; y < 30; y++) {
    for (let x = 0; x < 40; x++) {
      const squared = (x - 17) ** 2 + (y - 12) ** 2;
      const weight = squared > 64 ? 0 : Math.round(255 * Math.exp(-squared / 8));
      assert.equal(weights[y * 40 + x], weight, `x ${x}, y ${y}`);
    }
  }
});

test("what is marked at the image's border stays whole", () => {
  const weights = featherMask(new Uint8Array(40 * 30).fill(1), size, all);
  assert.ok(weights.every((weight) => weight === 255));
});

test("a part is softened as it is in the whole", () => {
  const mask = new Uint8Array(40 * 30);
  mask[12 * 40 + 17] = mask[2 * 40 + 1] = 1;
  const whole = featherMask(mask, size, all);
  const part = featherMask(mask, size, { x0: 14, y0: 10, x1: 20, y1: 15 });
  for (let y = 10; y < 15; y++) {
    assert.deepEqual(part.slice((y - 10) * 6, (y - 9) * 6), whole.slice(y * 40 + 14, y * 40 + 20));
  }
});

test("nothing is made where nothing is near", () => {
  const mask = new Uint8Array(40 * 30);
  mask[12 * 40 + 17] = 1;
  assert.equal(featherMask(mask, size, { x0: 26, y0: 0, x1: 40, y1: 30 }), null);
  assert.notEqual(featherMask(mask, size, { x0: 25, y0: 0, x1: 40, y1: 30 }), null);
});
