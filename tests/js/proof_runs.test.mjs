import assert from "node:assert/strict";
import { test } from "node:test";

import { explainMissing, isActive, pickRun, titleRun } from "../../desra_studio/ui/static/proof/runs.js";

const make = (id, dataset_id, proven, rest = {}) => ({
  id,
  dataset_id,
  dataset: "set",
  model: "small fine-tuned",
  status: "done",
  message: "",
  note: "",
  proving: null,
  proven,
  ...rest,
});
const runs = [make(9, 1, false), make(7, 2, true), make(4, 1, true), make(2, 3, false)];
const pick = (run = null, dataset = null) => pickRun(runs, { run, dataset })?.id ?? null;

test("the newest proof is shown unless the address asks for another", () => {
  assert.equal(pick(), 7);
  assert.equal(pick("9"), 9);
  assert.equal(pick("9", "2"), 9);
  assert.equal(pick("99"), null);
});

test("a dataset shows its own runs only, one with a proof first", () => {
  assert.equal(pick(null, "1"), 4);
  assert.equal(pick(null, "3"), 2);
  assert.equal(pick(null, "5"), null);
});

test("a run is named with its model and dataset", () => {
  assert.equal(titleRun(runs[1]), "Run 7 · set · small fine-tuned");
  assert.equal(titleRun(make(3, 1, false, { model: null })), "Run 3 · no proof · set");
});

test("every way to have no proof says what to do", () => {
  const explain = (rest) => explainMissing(make(3, 1, false, rest));
  assert.deepEqual(explain({ note: "No images were left." }), {
    text: "Run 3 made a model. No images were left.",
    action: "prove",
  });
  assert.deepEqual(explain({}), {
    text: "Run 3 made a model, but nothing is proven yet.",
    action: "prove",
  });
  assert.deepEqual(explain({ status: "running", message: "Iteration 4 of 9" }), {
    text: "Run 3 is not done: Iteration 4 of 9. Its proof is made at its end.",
    action: "watch",
  });
  assert.equal(explain({ status: "cancelled", message: "Cancelled." }).action, "fine-tune");
  assert.equal(explain({ proving: { message: "" } }).text, "Proving run 3: waiting");
});

test("only what runs can change by itself", () => {
  assert.ok(isActive(make(1, 1, false, { status: "queued" })));
  assert.ok(isActive(make(1, 1, true, { proving: { message: "" } })));
  assert.ok(!isActive(make(1, 1, true)));
});
