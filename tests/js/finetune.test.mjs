// The pure modules of the Fine-tune page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { listCautions, tellFresh, warnOfGenerator } from "../../desra_studio/ui/static/finetune/cautions.js";
import { estimateTime, tellTime } from "../../desra_studio/ui/static/finetune/estimate.js";
import { FIELDS, listChanged, readField } from "../../desra_studio/ui/static/finetune/fields.js";
import { pickHeldOut } from "../../desra_studio/ui/static/finetune/held_out.js";
import {
  findRange,
  listFigures,
  readAt,
  smooth,
  tellValue,
  traceLine,
} from "../../desra_studio/ui/static/finetune/plot.js";

const golden = JSON.parse(readFileSync(new URL("../golden/held_out.json", import.meta.url)));

test("the page holds out what the server does", () => {
  for (const { ranks, share, held_out } of golden) {
    const candidates = ranks.map((held_out_rank, index) => ({
      image_id: index,
      revision_id: 100 + index,
      held_out_rank,
    }));
    const picked = [...pickHeldOut(candidates, share)].map((revision) => revision - 100);
    assert.deepEqual(picked.sort((one, other) => one - other), held_out);
  }
});

test("fields read numbers and choices, and nothing else", () => {
  const field = (name) => FIELDS.find((one) => one.name === name);
  assert.equal(readField(field("learning_rate"), " 2e-4 "), 0.0002);
  assert.equal(readField(field("precision"), "bf16"), "bf16");
  for (const text of ["", " ", "ten", "Infinity"]) {
    assert.equal(readField(field("iterations"), text), null);
  }
});

test("what differs from a preset is named, what a preset does not know is not", () => {
  assert.deepEqual(listChanged({ batch: 2, crop: 64 }, { batch: 4, crop: 64, seed: 0 }), ["batch"]);
});

test("time is estimated from a like run, by the px that go through", () => {
  const settings = { iterations: 100, batch: 4, accumulate: 1, crop: 64, contrast_weight: 1 };
  const runs = [
    { id: 4, status: "failed", seconds: 1, generator: 1, settings },
    { id: 3, status: "done", seconds: 9, generator: 1, settings: { ...settings, adversarial_weight: 1 } },
    { id: 2, status: "done", seconds: 10, generator: 1, settings },
  ];
  assert.deepEqual(estimateTime({ ...settings, iterations: 300 }, 1, runs), { seconds: 30, run: 2 });
  assert.deepEqual(estimateTime({ ...settings, crop: 128 }, 1, runs), { seconds: 40, run: 2 });
  const resumed = [{ ...runs[2], resumed_from: 50 }];
  assert.deepEqual(estimateTime(settings, 1, resumed), { seconds: 20, run: 2 });
  assert.equal(estimateTime(settings, 2, runs), null);
  assert.equal(estimateTime({ ...settings, iterations: null }, 1, runs), null);
});

test("times are told as minutes, above an hour as hours", () => {
  assert.equal(tellTime(41), "0:41");
  assert.equal(tellTime(125.4), "2:05");
  assert.equal(tellTime(3723), "1:02:03");
});

test("losses without a weight have no plot; L1 always has", () => {
  const names = (...settings) => listFigures(settings).map(({ name }) => name);
  assert.deepEqual(names({ pixel_weight: 0, contrast_weight: 5 }).slice(0, 2), ["loss", "contrast"]);
  assert.ok(!names({ contrast_weight: 5 }).includes("perceptual"));
  assert.ok(names({ contrast_weight: 5 }, { perceptual_weight: 1 }).includes("perceptual"));
});

test("first steps do not flatten a loss, and a rate is shown whole", () => {
  const line = [[1, 50], ...Array.from({ length: 99 }, (_, at) => [at + 2, 1])];
  assert.deepEqual(findRange([line], "loss"), { low: 0, high: 1.1 });
  assert.deepEqual(findRange([[[50, 0.25]]], "figure"), { low: 0, high: 1 });
  assert.deepEqual(findRange([[[50, 1.5]]], "figure"), { low: 0, high: 1.5 });
  assert.deepEqual(findRange([[]], "loss"), { low: 0, high: 1.1 });
});

test("lines stay inside their box", () => {
  const range = { low: 0, high: 2 };
  assert.equal(traceLine([[0, 0], [50, 1], [100, 9]], 100, range), "0.00,100.00 50.00,50.00 100.00,0.00");
  assert.equal(traceLine([[10, NaN]], 100, range), "");
});

test("a mean starts at the first value and follows slowly", () => {
  assert.deepEqual(smooth([[1, 4], [2, 8]], 0.5), [[1, 4], [2, 6]]);
  assert.deepEqual(smooth([]), []);
});

test("a line is read at the iteration before", () => {
  const line = [[50, 0.1], [100, 0.2]];
  assert.deepEqual([49, 50, 99, 500].map((at) => readAt(line, at)), [null, 0.1, 0.1, 0.2]);
});

test("values have the digits that count", () => {
  assert.deepEqual(
    [null, undefined, 0, 0.12345, 3.14159, 250.4, 0.0000123].map(tellValue),
    ["–", "–", "0.000", "0.123", "3.14", "250", "1.2e-5"],
  );
});

test("what cannot be is said first, then what the chosen samples warn of, counted", () => {
  const sample = (...warnings) => ({ warnings });
  const texts = (...given) => listCautions(...given).map(({ blocks, text }) => `${blocks} ${text}`);
  assert.deepEqual(texts([sample("is large")], 3, "No images."), ["true No images."]);
  assert.deepEqual(texts([], 3, ""), ["true Choose at least 3 samples: 0 are chosen."]);
  assert.deepEqual(texts([sample("is large")], 3, ""), ["true Choose at least 3 samples: 1 is chosen."]);
  const three = [sample("is large", "ends early"), sample("is large"), sample()];
  assert.deepEqual(texts(three, 3, ""), [
    "false 2 of the chosen samples: is large.",
    "false 1 of the chosen samples: ends early.",
  ]);
  assert.deepEqual(texts([sample(), sample(), sample()], 3, ""), []);
});

test("a fresh discriminator says why it is one, and that it was given no warm-up", () => {
  assert.equal(tellFresh(7, "", 0), "");
  assert.equal(tellFresh(null, "", 100), "");
  assert.equal(tellFresh(null, "It is not here.", 100), "It is not here.");
  assert.match(tellFresh(null, "It is not here.", 0), /^It is not here\. A fresh one knows nothing .* 100/);
});

test("a generator that did not make GAN-SR is warned of, and blocks nothing", () => {
  const generators = [
    { id: 1, label: "one" },
    { id: 2, label: "two" },
  ];
  const warn = (chosen, madeBy) => warnOfGenerator(chosen, generators, madeBy);
  assert.deepEqual(warn(1, 1), []);
  assert.deepEqual(warn(null, 1), []);
  const [other] = warn(2, 1);
  assert.match(other.text, /made by one, not by two/);
  assert.equal(other.blocks, false);
  assert.match(warn(2, 7)[0].text, /was imported. Make sure that two made it/);
});
