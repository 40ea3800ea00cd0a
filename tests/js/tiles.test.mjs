import assert from "node:assert/strict";
import { test } from "node:test";

import { TileCache } from "../../desra_studio/ui/static/viewer/tile_cache.js";
import { findTop, listTiles, pickLevel } from "../../desra_studio/ui/static/viewer/tile_plan.js";

const size = { width: 8192, height: 5000 };

test("the top level is one tile", () => {
  assert.equal(findTop(size, 1024), 3);
  assert.equal(findTop({ width: 8193, height: 10 }, 1024), 4);
  assert.equal(findTop({ width: 700, height: 10 }, 1024), 0);
});

test("a level has at least the pixels that are shown", () => {
  assert.deepEqual([4, 1, 0.9, 0.5, 0.49, 0.25, 0.01].map((scale) => pickLevel(scale, 3)), [
    0, 0, 0, 1, 1, 2, 3,
  ]);
});

test("a view needs the tiles that it shows, and no others", () => {
  const tiles = listTiles(size, 1024, 0, { x: 1024, y: 500, scale: 1 }, { width: 300, height: 300 });
  assert.deepEqual(tiles.map(({ key }) => key), ["0/0_0", "0/1_0"]);
  assert.deepEqual(tiles[1].place, { x: 1024, y: 0, width: 1024, height: 1024 });
});

test("the last tiles end where their level does", () => {
  const view = { x: 8000, y: 4999, scale: 0.25 };
  const [tile] = listTiles(size, 1024, 2, view, { width: 20, height: 20 });
  assert.equal(tile.key, "2/1_1");
  assert.deepEqual(tile.place, { x: 4096, y: 4096, width: 4096, height: 904 });
  const [odd] = listTiles({ width: 5, height: 3 }, 4, 1, { x: 2, y: 1, scale: 1 }, { width: 8, height: 8 });
  assert.deepEqual(odd.place, { x: 0, y: 0, width: 6, height: 4 });
});

test("a whole image is one tile of the top level", () => {
  const view = { x: 4096, y: 2500, scale: 0.04 };
  assert.deepEqual(
    listTiles(size, 1024, 3, view, { width: 363, height: 560 }).map(({ key }) => key),
    ["3/0_0"],
  );
});

const settle = () => new Promise((resolve) => setTimeout(resolve));

function makeLoader() {
  const asked = [];
  const load = (key) =>
    new Promise((resolve, reject) => asked.push({ key, resolve: () => resolve(`<${key}>`), reject }));
  return { asked, load, names: () => asked.map(({ key }) => key) };
}

test("a tile is loaded once, and who asked hears of it", async () => {
  const { asked, load } = makeLoader();
  const cache = new TileCache(load, 8);
  let heard = 0;
  assert.equal(cache.get("a", () => heard++), null);
  assert.equal(cache.get("a", () => heard++), null);
  assert.equal(asked.length, 1);
  asked[0].resolve();
  await settle();
  assert.equal(heard, 1);
  assert.equal(cache.get("a"), "<a>");
  assert.equal(cache.peek("b"), null);
});

test("four at once, then what was asked for last", async () => {
  const { asked, load, names } = makeLoader();
  const cache = new TileCache(load, 8);
  for (const key of "abcdefg") cache.get(key);
  assert.deepEqual(names(), ["a", "b", "c", "d"]);
  asked[2].resolve();
  await settle();
  assert.deepEqual(names(), ["a", "b", "c", "d", "g"]);
});

test("what the view has passed long ago is not loaded", async () => {
  const { asked, load, names } = makeLoader();
  const cache = new TileCache(load, 8);
  for (let number = 0; number < 60; number++) cache.get(`${number}`);
  while (asked.some(({ done }) => !done)) {
    const open = asked.find(({ done }) => !done);
    open.done = true;
    open.resolve();
    await settle();
  }
  assert.equal(asked.length, 4 + 32);
  assert.ok(!names().includes("5") && names().includes("59"));
});

test("the tiles used last are kept", async () => {
  const cache = new TileCache(async (key) => key, 2);
  for (const key of ["a", "b", "a", "c"]) {
    cache.get(key);
    await settle();
  }
  assert.deepEqual(["a", "b", "c"].map((key) => cache.peek(key)), ["a", null, "c"]);
});

test("a tile that failed is asked for again, after a while", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let calls = 0;
  let heard = 0;
  const cache = new TileCache(async () => {
    calls++;
    throw new Error("away");
  }, 2);
  cache.get("a", () => heard++);
  await Promise.resolve().then(() => {});
  await null;
  cache.get("a");
  assert.deepEqual([calls, heard], [1, 0]);
  context.mock.timers.tick(3001);
  assert.equal(heard, 1);
  cache.get("a");
  assert.equal(calls, 2);
});
