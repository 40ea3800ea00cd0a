import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { enlargeBicubic, reachSource } from "../../desra_studio/ui/static/viewer/bicubic.js";

const golden = JSON.parse(await readFile(new URL("../golden/bicubic.json", import.meta.url)));
const { width, height, factor } = golden;
const scale = { x: factor, y: factor };
const whole = { x0: 0, y0: 0, x1: width * factor, y1: height * factor };
const withAlpha = (values) =>
  Uint8ClampedArray.from({ length: (values.length / 3) * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : values[Math.floor(at / 4) * 3 + (at % 4)],
  );
const source = { data: withAlpha(golden.lr), left: 0, top: 0, width, height };

test("an image is enlarged as Pillow enlarges it", () => {
  const enlarged = enlargeBicubic(source, { width, height }, scale, whole);
  const expected = withAlpha(golden.enlarged);
  const worst = Math.max(...enlarged.map((value, at) => Math.abs(value - expected[at])));
  assert.ok(worst <= 1, `differs by ${worst}`);
});

test("a part made of the pixels it needs is as it is in the whole", () => {
  const part = { x0: 6, y0: 5, x1: 11, y1: 9 };
  const across = reachSource(part.x0, part.x1, factor, width);
  const down = reachSource(part.y0, part.y1, factor, height);
  assert.ok(across.to - across.from < width + 1 && down.to - down.from <= height);
  const data = [];
  for (let y = down.from; y < down.to; y++) {
    data.push(...source.data.slice(4 * (y * width + across.from), 4 * (y * width + across.to)));
  }
  const cut = {
    data: Uint8ClampedArray.from(data),
    left: across.from,
    top: down.from,
    width: across.to - across.from,
    height: down.to - down.from,
  };
  const enlarged = enlargeBicubic(cut, { width, height }, scale, part);
  const all = enlargeBicubic(source, { width, height }, scale, whole);
  for (let y = part.y0; y < part.y1; y++) {
    const row = 4 * y * whole.x1;
    assert.deepEqual(
      enlarged.slice(4 * (y - part.y0) * 5, 4 * (y - part.y0 + 1) * 5),
      all.slice(row + 4 * part.x0, row + 4 * part.x1),
    );
  }
});
