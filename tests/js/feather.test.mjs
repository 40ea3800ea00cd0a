import assert from "node:assert/strict";
import { test } from "node:test";

import { featherMask } from "../../desra_studio/ui/static/viewer/feather.js";

const size = { width: 40, height: 30 };
const all = { x0: 0, y0: 0, x1: 40, y1: 30 };

test("a marked half is softened as OpenCV softens it", () => {
  const mask = new Uint8Array(40 * 30);
  for (let y = 0; y < 30; y++) mask.fill(1, y * 40 + 20, y * 40 + 40);
  const weights = featherMask(mask, size, all);
  // cv2.GaussianBlur(half, (0, 0), 2.0) * 255, rounded.
  assert.deepEqual([...weights.slice(400 + 12, 400 + 28)], [0, 0, 1, 3, 10, 26, 57, 102, 153, 198, 229, 245, 252, 254, 255, 255]);
});

test("the image's border mirrors, so what is marked there stays whole", () => {
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
