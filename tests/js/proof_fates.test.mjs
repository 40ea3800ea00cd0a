import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countFates,
  describeComponent,
  listComponents,
  listOpen,
  readWalk,
  stepComponent,
  writeWalk,
} from "../../desra_studio/ui/static/proof/fates.js";

const make = (fate, image_id, area_px = 10) => ({ fate, image_id, area_px, centre: [4.6, 9.2] });
const components = [make("new", 1), make("unchanged", 1), make("unchanged", 2), make("fixed", 3)];

test("components are counted and listed by fate, in their order", () => {
  assert.deepEqual(countFates(components), { new: 1, unchanged: 2, fixed: 1 });
  assert.deepEqual(listComponents(components, "unchanged"), components.slice(1, 3));
  assert.equal(listComponents(components, null), components);
});

test("the walk goes round", () => {
  const list = listComponents(components, "unchanged");
  assert.equal(stepComponent(list, list[0], 1), list[1]);
  assert.equal(stepComponent(list, list[1], 1), list[0]);
  assert.equal(stepComponent(list, list[0], -1), list[1]);
  assert.equal(stepComponent(list, components[0], 1), list[0], "from one that is not listed");
  assert.equal(stepComponent(list, null, -1), list[1]);
  assert.equal(stepComponent([], null, 1), null);
});

test("new and unchanged components go back, fixed ones do not", () => {
  assert.deepEqual(listOpen(components), { count: 3, images: 2, first: components[0] });
  assert.deepEqual(listOpen([make("fixed", 1)]), { count: 0, images: 0, first: null });
});

test("a component in words", () => {
  assert.equal(describeComponent(make("new", 1, 340)), "340 px at x 5, y 9");
});

test("an address keeps the walk", () => {
  const search = writeWalk("?__theme=dark&fate=new", { run: 7, dataset: 2, fate: "fixed", place: 3 });
  assert.equal(search, "?__theme=dark&fate=fixed&run=7&dataset=2&component=4");
  assert.deepEqual(readWalk(search), { fate: "fixed", place: 3 });
  assert.equal(writeWalk(search, { run: 8 }), "?__theme=dark&run=8", "another run, from the start");
});

test("what makes no sense in an address is the walk from its start", () => {
  for (const search of ["", "?fate=lost&component=x", "?component=-2", "?component=1.5"]) {
    assert.deepEqual(readWalk(search), { fate: null, place: 0 });
  }
});
