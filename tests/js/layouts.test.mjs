import assert from "node:assert/strict";
import { test } from "node:test";

import {
  chooseView,
  listShown,
  makeLayout,
  readLayout,
  takeNext,
} from "../../desra_studio/ui/static/review/canvas/layouts.js";
import {
  findTuned,
  isView,
  listViews,
  tellMissing,
  titleView,
} from "../../desra_studio/ui/static/review/views.js";

test("the first layout is GAN-SR, MSE-SR and the mask", () => {
  assert.deepEqual(listShown(makeLayout()), ["gan", "mse", "mask"]);
});

test("layouts follow each other, from four panes to one", () => {
  let layout = makeLayout();
  const counts = Array.from({ length: 5 }, () => (layout = takeNext(layout)).count);
  assert.deepEqual(counts, [4, 1, 2, 3, 4]);
});

test("a view is chosen for one pane of one layout", () => {
  const layout = chooseView(makeLayout(), 1, "map");
  assert.deepEqual(listShown(layout), ["gan", "map", "mask"]);
  assert.deepEqual(listShown(takeNext(layout)), ["gan", "mse", "mask", "map"]);
  assert.deepEqual(listShown(makeLayout()), ["gan", "mse", "mask"], "the first one stays");
});

test("a layout survives being stored", () => {
  const layout = chooseView(takeNext(makeLayout()), 3, "tuned:run-7");
  assert.deepEqual(readLayout(JSON.stringify(layout)), layout);
});

test("what was stored and is damaged is left out", () => {
  const first = makeLayout();
  for (const text of [null, "", "{", "[]", '"3"', '{"count":7}', '{"count":"x","views":3}']) {
    assert.deepEqual(readLayout(text), first, text);
  }
  const read = readLayout('{"count":2,"views":{"2":["lr-nearest","nothing",5],"3":null,"9":["gan"]}}');
  assert.deepEqual(listShown(read), ["lr-nearest", "mse"]);
  assert.deepEqual(read.views[3], first.views[3]);
});

test("views of models have their name", () => {
  const record = { fine_tuned: [{ model: "demo ft", id: 4, sha: "ab" }], lr: null };
  assert.ok(listViews(record).includes("tuned:demo ft"));
  assert.equal(titleView("tuned:demo ft"), "Fine-tuned demo ft");
  assert.equal(titleView("slider"), "GAN-SR | MSE-SR");
  assert.equal(titleView("signed", "SwinIR $&"), "GAN-SR − SwinIR $&");
  assert.equal(findTuned("tuned:demo ft", record).id, 4);
  assert.ok(isView("tuned:x"));
  for (const id of ["tuned:", "toString", "", null, 3]) assert.ok(!isView(id), String(id));
});

test("a view that is shown is offered, with the reason why it is empty", () => {
  const record = { lr: null, detection: null, fine_tuned: [] };
  assert.ok(listViews(record, ["tuned:gone"]).includes("tuned:gone"));
  assert.equal(new Set(listViews(record, ["gan"])).size, listViews(record, ["gan"]).length);
  for (const id of ["lr-nearest", "lr-bicubic", "map", "tuned:gone"]) {
    assert.match(tellMissing(id, record), /\.$/);
  }
  for (const id of ["gan", "mse", "mask", "slider", "pseudo-gt"]) {
    assert.equal(tellMissing(id, record), null);
  }
});
