import assert from "node:assert/strict";
import { test } from "node:test";

import { DeedLog } from "../../desra_studio/ui/static/review/deed_log.js";
import { History } from "../../desra_studio/ui/static/masks/history.js";

const label = (image, before, version) => ({ image, before, version, state: "unreviewed", revision: null });
const deed = (...labels) => ({ labels });
const start = () => ({ log: new DeedLog(), history: new History(new Uint8Array(4), 2, 2) });
const stroke = (history, at) => history.fill([{ y: 0, from: at, to: at + 1 }], 1);

/** Wait until the clock shows another time, as it does between two deeds of a person. */
async function tick() {
  const now = performance.now();
  while (performance.now() === now) await null;
}

test("the last deed comes first, whether it was a verdict or a stroke", async () => {
  const { log, history } = start();
  const [first, second] = [deed(label(1, 0, 1)), deed(label(2, 0, 1))];
  stroke(history, 0);
  await tick();
  log.add(first);
  await tick();
  log.add(second);
  assert.equal(log.next(history, false), second);
  await tick();
  stroke(history, 1);
  assert.equal(log.next(history, false), null);
  assert.equal(log.last(history), null);
  await tick();
  history.undo();
  assert.equal(log.next(history, false), second);
  assert.deepEqual(log.last(history), { deed: second, again: false });
  await tick();
  log.move(second, [label(2, 1, 2)]);
  assert.deepEqual(log.last(history), { deed: second, again: true });
  assert.equal(log.next(history, false), first);
  assert.equal(log.next(history, true), second);
  await tick();
  log.move(first, [label(1, 1, 2)]);
  await tick();
  history.undo();
  assert.equal(log.next(history, true), null, "the stroke was undone last");
  await tick();
  history.redo();
  assert.equal(log.next(history, true), first);
  assert.equal(log.last(history), null, "a stroke was done last");
});

test("without an open image verdicts are all there is", () => {
  const { log } = start();
  assert.equal(log.next(undefined, false), null);
  assert.equal(log.last(undefined), null);
  const only = deed(label(1, 0, 1));
  log.add(only);
  assert.equal(log.next(undefined, false), only);
});

test("what was taken back can be done again, until something else is done", async () => {
  const { log, history } = start();
  const [first, second] = [deed(label(1, 0, 1)), deed(label(2, 0, 1))];
  log.add(first);
  log.move(first, [label(1, 1, 2)]);
  await tick();
  log.move(first, [label(1, 2, 3)]);
  assert.equal(log.next(history, false), first);
  assert.deepEqual(first.labels, [label(1, 2, 3)]);
  log.move(first, [label(1, 3, 4)]);
  log.add(second);
  assert.equal(log.next(history, true), null);
  log.move(second, [label(2, 1, 2)]);
  log.forget();
  assert.equal(log.next(history, true), null);
});

test("what could not be taken back is gone", () => {
  const { log, history } = start();
  const only = deed(label(1, 0, 1));
  log.add(only);
  log.move(only, []);
  assert.equal(log.next(history, false), null);
  assert.equal(log.next(history, true), null);
});

test("two verdicts on one image are taken back and given again one after the other", () => {
  const { log } = start();
  const [first, second] = [deed(label(1, 0, 2)), deed(label(1, 2, 3), label(2, 0, 1))];
  log.add(first);
  log.add(second);
  log.move(second, [label(1, 3, 4), label(2, 1, 2)]);
  assert.equal(first.labels[0].version, 4);
  log.move(first, [label(1, 4, 5)]);
  log.move(first, [label(1, 5, 6)]);
  assert.equal(second.labels[0].version, 6);
  assert.equal(second.labels[1].version, 2);
});

test("what somebody else did between two verdicts is not passed over", () => {
  const { log } = start();
  const [first, second] = [deed(label(1, 0, 1)), deed(label(1, 2, 3))];
  log.add(first);
  log.add(second);
  log.move(second, [label(1, 3, 4)]);
  assert.equal(first.labels[0].version, 1);
});

test("only so many are remembered", () => {
  const { log, history } = start();
  for (let image = 1; image <= 120; image++) log.add(deed(label(image, 0, 1)));
  let count = 0;
  for (let next = log.next(history, false); next; next = log.next(history, false)) {
    log.drop(next);
    count += 1;
  }
  assert.equal(count, 100);
});
