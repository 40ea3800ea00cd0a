import assert from "node:assert/strict";
import { test } from "node:test";

import { QueueSelection } from "../../desra_studio/ui/static/review/queue/queue_selection.js";

test("images are selected one by one and as a range", () => {
  const selection = new QueueSelection();
  selection.toggle(1);
  selection.toggle(2);
  selection.toggle(1);
  assert.deepEqual([1, 2].map((id) => selection.has(id)), [false, true]);
  selection.set([3, 4, 5]);
  assert.equal(selection.count(100), 3);
  assert.deepEqual(selection.toRequest({}), { images: [3, 4, 5] });
});

test("all are selected without their ids, but for some", () => {
  const selection = new QueueSelection();
  selection.toggle(9);
  selection.takeAll();
  assert.equal(selection.count(100_000), 100_000);
  selection.toggle(7);
  assert.deepEqual([7, 9].map((id) => selection.has(id)), [false, true]);
  assert.equal(selection.count(100_000), 99_999);
  assert.deepEqual(selection.toRequest({ kind: "blotch" }), { filter: { kind: "blotch" }, except: [7] });
  selection.clear();
  assert.equal(selection.count(100_000), 0);
});
