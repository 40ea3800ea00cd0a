import assert from "node:assert/strict";
import { test } from "node:test";

import { Newest } from "../../desra_studio/ui/static/shared/newest.js";

/** Requests that are answered by hand. */
function start() {
  const asked = [];
  const idle = [];
  const newest = new Newest(
    (value, signal) => new Promise((answer) => asked.push({ value, signal, answer })),
    () => idle.push(newest.pending),
  );
  return { asked, idle, newest };
}

const settle = () => new Promise((done) => setImmediate(done));

test("one at a time, and of those that wait only the newest", async () => {
  const { asked, idle, newest } = start();
  for (const value of [1, 2, 3, 4]) newest.ask(value);
  assert.deepEqual(asked.map(({ value }) => value), [1]);
  asked[0].answer();
  await settle();
  assert.deepEqual(asked.map(({ value }) => value), [1, 4]);
  assert.equal(newest.pending, true);
  assert.deepEqual(idle, []);
  asked[1].answer();
  await settle();
  assert.deepEqual(idle, [false]);
  newest.ask(5);
  assert.equal(asked[2].value, 5);
});

test("after cancel nothing waits, the running one is aborted, and the next starts at once", async () => {
  const { asked, newest } = start();
  newest.ask(1);
  newest.ask(2);
  newest.cancel();
  assert.equal(newest.pending, false);
  assert.equal(asked[0].signal.aborted, true);
  newest.ask(3);
  assert.equal(asked.length, 2);
  asked[0].answer();
  await settle();
  assert.equal(asked.length, 2, "the late answer starts nothing");
  assert.equal(newest.pending, true);
  assert.equal(asked[1].signal.aborted, false);
});
