import assert from "node:assert/strict";
import { test } from "node:test";

import {
  fitView,
  keepInside,
  panBy,
  revealBox,
  toImage,
  toPane,
  zoomAt,
} from "../../desra_studio/ui/static/viewer/geometry.js";
import { boundSpans, brushSpans } from "../../desra_studio/ui/static/masks/spans.js";

const image = { width: 400, height: 300 };
const pane = { width: 200, height: 200 };

test("fit shows the whole image", () => {
  const view = fitView(image, pane);
  assert.deepEqual(view, { x: 200, y: 150, scale: 0.5 });
  assert.deepEqual(toPane(view, pane, { x: 0, y: 0 }), { x: 0, y: 25 });
  assert.equal(fitView({ width: 2, height: 2 }, pane).scale, 8);
});

test("image and pane coordinates are inverse", () => {
  const view = { x: 33.5, y: 71.25, scale: 3.7 };
  const point = { x: 12.5, y: 190 };
  const back = toPane(view, pane, toImage(view, pane, point));
  assert.ok(Math.hypot(back.x - point.x, back.y - point.y) < 1e-9);
});

test("zoom keeps the pixel under the pointer", () => {
  const view = fitView(image, pane);
  const point = { x: 150, y: 80 };
  const zoomed = zoomAt(view, pane, point, 4, image);
  const before = toImage(view, pane, point);
  const after = toImage(zoomed, pane, point);
  assert.equal(zoomed.scale, 2);
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-9);
  assert.equal(zoomAt(view, pane, point, 1e9, image).scale, 64);
});

test("the image cannot be lost", () => {
  const far = panBy(fitView(image, pane), -1e6, 1e6, image);
  assert.deepEqual(far, { x: 400, y: 0, scale: 0.5 });
  assert.equal(keepInside({ x: -5, y: 5, scale: 1 }, image).x, 0);
});

function rasterize(start, end, radius, size) {
  const pixels = [];
  for (const { y, from, to } of brushSpans(start, end, radius, size)) {
    for (let x = from; x < to; x++) pixels.push([x, y]);
  }
  return pixels;
}

test("a dot is the disc around its centre, to the pixel", () => {
  const size = { width: 40, height: 40 };
  for (const radius of [0.5, 1, 2, 3.5, 8, 12]) {
    for (const centre of [{ x: 20.5, y: 20.5 }, { x: 19.3, y: 21.8 }, { x: 20, y: 20 }]) {
      const expected = [];
      for (let y = 0; y < 40; y++) {
        for (let x = 0; x < 40; x++) {
          const inside = Math.hypot(x + 0.5 - centre.x, y + 0.5 - centre.y) <= radius;
          const under = x === Math.floor(centre.x) && y === Math.floor(centre.y);
          if (inside || under) expected.push([x, y]);
        }
      }
      assert.deepEqual(rasterize(centre, centre, radius, size), expected);
    }
  }
});

test("a quick stroke has no gaps and stays in the image", () => {
  const size = { width: 50, height: 30 };
  const pixels = rasterize({ x: -20, y: 5 }, { x: 80, y: 25 }, 3, size);
  for (let x = 0; x < 50; x++) {
    const y = Math.floor(5 + ((x + 20) / 100) * 20);
    assert.ok(pixels.some(([px, py]) => px === x && py === y), `column ${x}`);
  }
  assert.ok(pixels.every(([x, y]) => x >= 0 && y >= 0 && x < 50 && y < 30));
  assert.deepEqual(brushSpans({ x: -50, y: -50 }, { x: -40, y: -50 }, 3, size), []);
  assert.equal(boundSpans([]), null);
});

test("bounds hold all spans", () => {
  const spans = brushSpans({ x: 5, y: 6 }, { x: 20, y: 9 }, 2, image);
  const { x0, y0, x1, y1 } = boundSpans(spans);
  for (const { y, from, to } of spans) assert.ok(y >= y0 && y < y1 && from >= x0 && to <= x1);
});

test("a box is revealed with no more zoom and pan than it needs", () => {
  const photo = { width: 2000, height: 1000 };
  const screen = { width: 400, height: 400 };
  const view = { x: 1000, y: 500, scale: 1 };
  const seen = (v, [x, y, width, height]) => {
    const start = toPane(v, screen, { x, y });
    const end = toPane(v, screen, { x: x + width, y: y + height });
    return start.x >= 0 && start.y >= 0 && end.x <= 400 && end.y <= 400;
  };
  assert.deepEqual(revealBox(view, screen, [950, 450, 120, 80], photo), view, "in sight already");
  const beside = revealBox(view, screen, [1300, 450, 120, 80], photo);
  assert.equal(beside.scale, 1);
  assert.equal(beside.y, 500);
  assert.ok(beside.x > 1000 && beside.x < 1360 && seen(beside, [1300, 450, 120, 80]));
  const small = revealBox(view, screen, [100, 100, 40, 20], photo);
  assert.ok(Math.abs(40 * small.scale - 400 / 3) < 1e-9 && seen(small, [100, 100, 40, 20]));
  assert.equal(revealBox(view, screen, [100, 100, 1, 1], photo).scale, 8, "specks are not blown up");
  const deep = { ...view, scale: 20 };
  assert.equal(revealBox(deep, screen, [100, 100, 1, 1], photo).scale, 20);
  const all = revealBox(view, screen, [0, 0, 2000, 1000], photo);
  assert.deepEqual(all, { x: 1000, y: 500, scale: 0.2 });
});
