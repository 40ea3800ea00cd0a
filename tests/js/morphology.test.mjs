import assert from "node:assert/strict";
import { test } from "node:test";

import {
  findHoles,
  findHolesOf,
  findRim,
  growSpans,
  takesCorners,
} from "../../desra_studio/ui/static/masks/morphology.js";
import {
  countPixels,
  drawSpans,
  floodFrom,
  groupSpans,
  readSpans,
} from "../../desra_studio/ui/static/masks/spans.js";

/** A mask drawn in letters: all but dots are marked. */
function draw(...rows) {
  const size = { width: rows[0].length, height: rows.length };
  return { mask: Uint8Array.from(rows.join(""), (letter) => Number(letter !== ".")), ...size };
}

const read = ({ mask, width, height }, value) => readSpans(mask, width, height, value);

/** The mask in rows of letters again. */
const show = ({ mask, width, height }) =>
  Array.from({ length: height }, (_, y) =>
    [...mask.subarray(y * width, (y + 1) * width)].map((value) => (value ? "#" : ".")).join(""),
  );

function paint({ mask, width, height }, spans, value) {
  const painted = mask.slice();
  for (const { y, from, to } of spans) painted.fill(value, y * width + from, y * width + to);
  return { mask: painted, width, height };
}

const grow = (image, index) =>
  paint(image, growSpans(read(image), image, takesCorners(index)), 1);
const shrink = (image, index) =>
  paint(image, findRim(read(image), image.mask, image, takesCorners(index)), 0);

test("spans of either value tile the image", () => {
  const image = draw("##..#", ".....", "#####");
  assert.deepEqual(read(image), [
    { y: 0, from: 0, to: 2 },
    { y: 0, from: 4, to: 5 },
    { y: 2, from: 0, to: 5 },
  ]);
  assert.equal(countPixels(read(image, 0)), 15 - countPixels(read(image)));
  assert.deepEqual([...drawSpans(read(image), [0, 0, 5, 3])], [...image.mask]);
  assert.deepEqual([...drawSpans([{ y: 4, from: 7, to: 9 }], [6, 4, 3, 1])], [0, 1, 1]);
});

test("components hang together over corners, or not", () => {
  const image = draw(
    "a..b..a",
    ".a.b.a.",
    "..a.a..",
    "b..a...",
    "bb...cc",
  );
  const eight = groupSpans(read(image));
  assert.deepEqual(
    eight.map(({ area, box }) => [area, ...box]),
    [[9, 0, 0, 7, 4], [3, 0, 3, 2, 2], [2, 5, 4, 2, 1]],
  );
  assert.equal(groupSpans(read(image), false).length, 10);
  for (const { spans, area } of eight) {
    const { y, from: x } = spans.at(-1);
    assert.deepEqual(floodFrom(image.mask, image, { x, y }), spans);
    assert.equal(countPixels(spans), area);
  }
});

test("labels of random masks are those of a plain flood", () => {
  let seed = 3;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let round = 0; round < 20; round++) {
    const [width, height] = [31, 23];
    const mask = Uint8Array.from({ length: width * height }, () => Number(random() < 0.45));
    for (const component of groupSpans(readSpans(mask, width, height))) {
      const { y, from: x } = component.spans[0];
      assert.deepEqual(floodFrom(mask, { width, height }, { x, y }), component.spans);
    }
  }
});

test("a hole is closed off over sides, not over corners, and not by the image's edge", () => {
  const image = draw(
    "####.####",
    "#..#.#...",
    "#.##.#...",
    "####.####",
    ".........",
    "..#......",
    ".#.#.....",
    "..#......",
  );
  const holes = findHoles(image.mask, image.width, image.height);
  assert.deepEqual(
    holes.map(({ area, box }) => [area, ...box]),
    [[3, 1, 1, 2, 2], [1, 2, 6, 1, 1]],
  );
});

test("a component's holes are filled whatever lies in them", () => {
  const image = draw(
    "...........",
    ".#########.",
    ".#.......#.",
    ".#..###..#.",
    ".#..#.#..#.",
    ".#..###..#.",
    ".#.......#.",
    ".#########.",
  );
  const outer = floodFrom(image.mask, image, { x: 1, y: 1 });
  const [hole, ...others] = findHolesOf(outer);
  assert.equal(others.length, 0);
  assert.deepEqual(hole.box, [2, 2, 7, 5]);
  assert.equal(hole.area, 35);
  const [inner] = findHolesOf(floodFrom(image.mask, image, { x: 4, y: 3 }));
  assert.deepEqual([inner.area, ...inner.box], [1, 5, 4, 1, 1]);
  assert.deepEqual(show(paint(image, hole.spans, 1))[4], ".#########.");
});

test("growing from a dot makes an octagon", () => {
  let image = draw(...Array.from({ length: 9 }, (_, y) => (y === 4 ? "....#...." : ".........")));
  image = grow(image, 0);
  assert.deepEqual(show(image).slice(2, 7), [
    ".........",
    "....#....",
    "...###...",
    "....#....",
    ".........",
  ]);
  for (const index of [1, 2]) image = grow(image, index);
  assert.deepEqual(show(image), [
    ".........",
    "...###...",
    "..#####..",
    ".#######.",
    ".#######.",
    ".#######.",
    "..#####..",
    "...###...",
    ".........",
  ]);
});

test("shrinking goes the steps of growing back, and the image's edge takes nothing away", () => {
  const start = draw(
    "###....",
    "###....",
    ".......",
    "....#..",
    ".......",
    ".......",
    ".......",
  );
  const grown = grow(grow(start, 0), 1);
  assert.notDeepEqual(show(grown), show(start));
  const back = shrink(shrink(grown, 1), 0);
  for (const [index, value] of start.mask.entries()) if (value) assert.ok(back.mask[index]);
  assert.equal(countPixels(read(shrink(draw("###", "###", "###"), -1))), 9);
  assert.deepEqual(show(shrink(draw("###.", "###.", "###.", "...."), -1)), ["##..", "##..", "....", "...."]);
  assert.deepEqual(show(shrink(draw("###.", "###.", "###.", "####"), 0)), ["##..", "##..", "##..", "###."]);
  assert.deepEqual(show(shrink(draw("####", "####", "####", "###."), 0)), ["####", "####", "###.", "##.."]);
  assert.deepEqual(show(shrink(draw("####", "####", "####", "###."), 1)), ["####", "####", "##..", "##.."]);
});

test("gaps close when a mask grows and shrinks as often", () => {
  const gap = draw(...Array.from({ length: 9 }, () => "####....####"));
  let image = gap;
  for (const index of [0, 1]) image = grow(image, index);
  for (const index of [1, 0]) image = shrink(image, index);
  assert.equal(countPixels(read(image)), 12 * 9);
});
