import assert from "node:assert/strict";
import { test } from "node:test";

import {
  FATES,
  countFates,
  describeComponent,
  listComponents,
  listOpen,
  readWalk,
  stepComponent,
  writeWalk,
} from "../../desra_studio/ui/static/proof/fates.js";

const make = (fate, image_id, area_px = 10) => ({ fate, image_id, area_px, centre: [4.6, 9.2] });
const components = [
  make("new", 1),
  make("still_there", 1),
  make("still_there", 2),
  make("fainter", 4),
  make("changed", 4),
  make("gone", 3),
];

test("components are counted and listed by fate, in their order", () => {
  assert.deepEqual(countFates(components), {
    new: 1,
    still_there: 2,
    fainter: 1,
    unseen: 0,
    changed: 1,
    gone: 1,
    kept: 0,
  });
  assert.deepEqual(listComponents(components, "still_there"), components.slice(1, 3));
  assert.equal(listComponents(components, null), components);
});

test("the walk goes round", () => {
  const list = listComponents(components, "still_there");
  assert.equal(stepComponent(list, list[0], 1), list[1]);
  assert.equal(stepComponent(list, list[1], 1), list[0]);
  assert.equal(stepComponent(list, list[0], -1), list[1]);
  assert.equal(stepComponent(list, components[0], 1), list[0], "from one that is not listed");
  assert.equal(stepComponent(list, null, -1), list[1]);
  assert.equal(stepComponent([], null, 1), null);
});

test("what is new or still there goes back, what is fainter, gone or a control does not", () => {
  assert.deepEqual(listOpen(components), { count: 3, images: 2, first: components[0] });
  assert.deepEqual(listOpen(components.slice(3)), { count: 0, images: 0, first: null });
});

test("a component in words", () => {
  assert.equal(describeComponent(make("new", 1, 340)), "340 px at x 5, y 9");
});

test("an address keeps the walk", () => {
  const search = writeWalk("?__theme=dark&fate=new", { run: 7, dataset: 2, fate: "gone", place: 3 });
  assert.equal(search, "?__theme=dark&fate=gone&run=7&dataset=2&component=4");
  assert.deepEqual(readWalk(search), { fate: "gone", place: 3 });
  assert.equal(writeWalk(search, { run: 8 }), "?__theme=dark&run=8", "another run, from the start");
});

test("what makes no sense in an address is the walk from its start", () => {
  for (const search of ["", "?fate=lost&component=x", "?fate=fixed", "?fate=unchanged", "?component=-2", "?component=1.5"]) {
    assert.deepEqual(readWalk(search), { fate: null, place: 0 });
  }
});

test("every fate has a sign of its own", () => {
  assert.equal(new Set(FATES.map(({ sign }) => sign)).size, FATES.length);
});
