import assert from "node:assert/strict";
import { test } from "node:test";

import { listFills, MASK_COLOURS } from "../../desra_studio/ui/static/viewer/mask_colours.js";
import { mixInk, paintBlocks, shareBlocks } from "../../desra_studio/ui/static/viewer/mask_sheet.js";
import { TileGrid } from "../../desra_studio/ui/static/viewer/tile_grid.js";

const makeMask = (...rows) => Uint8Array.from(rows.join(""), Number);
const INK = mixInk(listFills("orange"));
const [WHITE, BLACK] = mixInk([[255, 255, 255], [0, 0, 0]]).fills;
const SIGNS = new Map([[0, "."], [WHITE, "o"], [BLACK, "x"]]);
const show = (pixels, width) =>
  [...pixels].map((value) => SIGNS.get(value) ?? "#").join("").match(new RegExp(`.{${width}}`, "g"));
const size = { width: 6, height: 5 };
const mask = makeMask("000000", "011110", "011110", "011110", "000000");
const all = { x0: 0, y0: 0, x1: 6, y1: 5 };

test("pixels have a fill, and a contour that is light in the mask and dark beside it", () => {
  const { fill, edge } = paintBlocks(mask, size, 1, all, INK);
  assert.deepEqual(show(fill, 6), ["......", ".####.", ".####.", ".####.", "......"]);
  assert.deepEqual(show(edge, 6), [".xxxx.", "xoooox", "xo..ox", "xoooox", ".xxxx."]);
});

test("every part is painted as it is in the whole", () => {
  const whole = paintBlocks(mask, size, 1, all, INK);
  for (let x0 = 0; x0 < 6; x0++) {
    for (let y0 = 0; y0 < 5; y0++) {
      for (const [x1, y1] of [[x0 + 1, y0 + 1], [Math.min(6, x0 + 3), Math.min(5, y0 + 2)]]) {
        const part = paintBlocks(mask, size, 1, { x0, y0, x1, y1 }, INK);
        for (const kind of ["fill", "edge"]) {
          const rows = show(whole[kind], 6).slice(y0, y1).map((row) => row.slice(x0, x1));
          const nothing = rows.map((row) => row.replaceAll(/./g, "."));
          const shown = part ? show(part[kind], x1 - x0) : nothing;
          assert.deepEqual(shown, rows, `${kind} ${x0} ${y0} ${x1} ${y1}`);
        }
      }
    }
  }
});

test("kinds have colours of their own, in blocks too", () => {
  const kinds = new Uint8Array(30);
  kinds.fill(2, 6, 12);
  const ink = mixInk(listFills("by-kind", 3), kinds);
  assert.equal(new Set(ink.fills).size, 4);
  const { fill } = paintBlocks(mask, size, 1, all, ink);
  assert.deepEqual([fill[7], fill[13]], [ink.fills[2], ink.fills[0]]);
  const block = paintBlocks(mask, size, 8, { x0: 0, y0: 0, x1: 1, y1: 1 }, ink).fill;
  const rgb = (colour) => colour & 0xffffff;
  assert.equal(rgb(block[0]), rgb(ink.fills[2]));
});

test("what was never chosen, or is damaged, is orange; other pages know no kinds", () => {
  const orange = [MASK_COLOURS.orange.rgb];
  assert.deepEqual(listFills("nothing"), orange);
  assert.deepEqual(listFills("by-kind"), orange);
  assert.deepEqual(listFills("sky"), [MASK_COLOURS.sky.rgb]);
});

test("the border of the image is no edge", () => {
  const { edge } = paintBlocks(new Uint8Array(30).fill(1), size, 1, all, INK);
  assert.ok(edge.every((value) => value === 0));
});

test("nothing is made where nothing is marked", () => {
  assert.equal(paintBlocks(mask, size, 1, { x0: 0, y0: 0, x1: 6, y1: 0 }, INK), null);
  assert.equal(paintBlocks(new Uint8Array(30), size, 1, all, INK), null);
});

test("blocks have the share that is marked, cut at the border of the image", () => {
  const shares = shareBlocks(mask, size, 4, { x0: 0, y0: 0, x1: 2, y1: 2 });
  assert.deepEqual([...shares], [9 / 16, 3 / 16, 0, 0]);
  const { fill } = paintBlocks(mask, size, 4, { x0: 0, y0: 0, x1: 2, y1: 2 }, INK);
  const alphas = [...new Uint8Array(fill.buffer)].filter((_, at) => at % 4 === 3);
  assert.deepEqual(alphas, [Math.round((255 * 9) / 16), Math.round((255 * 3) / 16), 0, 0]);
});

test("one marked pixel in a block is seen as a contour", () => {
  const lone = new Uint8Array(64 * 64);
  lone[40 * 64 + 33] = 1;
  const { edge } = paintBlocks(lone, { width: 64, height: 64 }, 8, { x0: 0, y0: 0, x1: 8, y1: 8 }, INK);
  assert.equal(edge.indexOf(WHITE), 5 * 8 + 4);
});

const visit = (grid, view, pane) => {
  const seen = [];
  grid.visit(view, pane, (tile, changed) => seen.push([tile.place.x, tile.place.y, changed]));
  return seen;
};

test("tiles are made when they are seen, and mended where they changed", () => {
  const grid = new TileGrid({ width: 100, height: 60 }, 32, 1);
  const pane = { width: 40, height: 20 };
  const view = { x: 20, y: 10, scale: 1 };
  assert.deepEqual(visit(grid, view, pane), [
    [0, 0, { x0: 0, y0: 0, x1: 32, y1: 32 }],
    [32, 0, { x0: 32, y0: 0, x1: 64, y1: 32 }],
  ]);
  assert.deepEqual(visit(grid, view, pane), [[0, 0, null], [32, 0, null]]);
  grid.invalidate({ x0: 30, y0: 4, x1: 31, y1: 5 });
  grid.invalidate({ x0: 2, y0: 8, x1: 3, y1: 9 });
  assert.deepEqual(visit(grid, view, pane), [
    [0, 0, { x0: 1, y0: 3, x1: 32, y1: 10 }],
    [32, 0, null],
  ]);
});

test("a margin reaches into the next tile, and not out of the image", () => {
  const grid = new TileGrid({ width: 64, height: 32 }, 32, 8);
  const [view, pane] = [{ x: 32, y: 16, scale: 1 }, { width: 64, height: 32 }];
  visit(grid, view, pane);
  grid.invalidate({ x0: 26, y0: 0, x1: 30, y1: 2 });
  assert.deepEqual(visit(grid, view, pane), [
    [0, 0, { x0: 18, y0: 0, x1: 32, y1: 10 }],
    [32, 0, { x0: 32, y0: 0, x1: 38, y1: 10 }],
  ]);
});

test("a view beside the image shows no tile", () => {
  const grid = new TileGrid({ width: 64, height: 32 }, 32, 1);
  assert.deepEqual(visit(grid, { x: -100, y: 0, scale: 1 }, { width: 40, height: 20 }), []);
});

test("new tiles wait where there is no time, changed ones do not", () => {
  const grid = new TileGrid({ width: 64, height: 32 }, 32, 1);
  const [view, pane] = [{ x: 32, y: 16, scale: 1 }, { width: 64, height: 32 }];
  const seen = [];
  const act = (tile, changed) => seen.push(changed);
  assert.equal(grid.visit(view, pane, act, -1), false);
  assert.deepEqual(seen, [null, null]);
  assert.equal(grid.visit(view, pane, act), true);
  assert.deepEqual(seen.slice(2), [
    { x0: 0, y0: 0, x1: 32, y1: 32 },
    { x0: 32, y0: 0, x1: 64, y1: 32 },
  ]);
  grid.invalidate({ x0: 4, y0: 4, x1: 5, y1: 5 });
  assert.equal(grid.visit(view, pane, act, -1), true);
  assert.deepEqual(seen.slice(4), [{ x0: 3, y0: 3, x1: 6, y1: 6 }, null]);
});
