import assert from "node:assert/strict";
import { test } from "node:test";

import {
  describeAgreement,
  listFigures,
  writeVerdict,
} from "../../desra_studio/ui/static/proof/verdict.js";

const PROOF = {
  images: 4,
  held_out: true,
  before_components: 38,
  removed: 31,
  remaining: 7,
  added: 1,
  removal_rate: 31 / 38,
  removal_interval: [0.7, 0.9],
  addition_rate: 1 / 38,
  addition_interval: null,
  iou_before: 0.712,
  iou_after: 0.104,
  psnr_outside: 37.25,
  ssim_outside: 0.97,
  variance_ratio_outside: 0.93,
  sharpness_kept: 0.88,
  bounds: {
    variance_ratio_outside: 0.9,
    psnr_outside: 30,
    ssim_outside: 0.9,
    sharpness_kept: 0.5,
    addition_rate: 0.05,
  },
  warnings: [],
};
const find = (proof, key) => listFigures(proof).find((figure) => figure.key === key);

test("the verdict is one sentence", () => {
  assert.deepEqual(writeVerdict(PROOF), {
    text: "31 of 38 components gone, 1 new; nothing else fell below its bound.",
    basis: "On 4 held-out images that the model was not trained on.",
    badge: "All bounds kept",
    good: true,
  });
});

test("what is outside its bound is named", () => {
  const proof = { ...PROOF, added: 0, sharpness_kept: 0.4, psnr_outside: 29 };
  const { text, badge, good } = writeVerdict(proof);
  assert.equal(
    text,
    "31 of 38 components gone, none new; but PSNR outside the masks and sharpness fell too far.",
  );
  assert.equal(badge, "2 figures outside the bounds");
  assert.ok(!good);
});

test("too many new components are said so", () => {
  const { text, good } = writeVerdict({ ...PROOF, added: 3, addition_rate: 3 / 38 });
  assert.match(text, /, 3 new, which is too many; nothing else fell/);
  assert.ok(!good);
});

test("a model that changed nothing is no success", () => {
  const { text, badge, good } = writeVerdict({ ...PROOF, removed: 0, added: 0 });
  assert.match(text, /^0 of 38 components gone/);
  assert.equal(badge, "Most components are still there");
  assert.ok(!good);
  assert.ok(writeVerdict({ ...PROOF, removed: 19 }).good);
});

test("images without components, and ones that were not held out, are said so", () => {
  const none = { ...PROOF, before_components: 0, removed: 0, added: 0, removal_rate: null };
  assert.match(writeVerdict(none).text, /^Nothing was detected before, none new;/);
  assert.match(writeVerdict({ ...PROOF, held_out: false, images: 1 }).basis, /^On 1 image of .* none was held out/);
  const { text, scale } = find(none, "removal_rate");
  assert.deepEqual([text, scale], ["n/a", null]);
});

test("a figure has its interval and its bound in words", () => {
  const removal = find(PROOF, "removal_rate");
  assert.equal(removal.text, "82 %");
  assert.equal(removal.interval, "70 % to 90 %");
  assert.deepEqual([removal.bound, removal.held], ["", null]);
  const addition = find(PROOF, "addition_rate");
  assert.equal(addition.text, "2.6 %");
  assert.equal(addition.interval, "");
  assert.deepEqual([addition.bound, addition.held], ["at most 5 %", true]);
  const psnr = find({ ...PROOF, psnr_outside: 29.9 }, "psnr_outside");
  assert.deepEqual([psnr.text, psnr.bound, psnr.held], ["29.9 dB", "at least 30.0 dB", false]);
});

test("a figure at its bound keeps it", () => {
  assert.ok(find({ ...PROOF, addition_rate: 0.05 }, "addition_rate").held);
  assert.ok(find({ ...PROOF, variance_ratio_outside: 0.9 }, "variance_ratio_outside").held);
});

test("marks are shares of a scale that holds them all", () => {
  const { scale } = find(PROOF, "removal_rate");
  assert.equal(scale.from, "0 %");
  assert.equal(scale.to, "100 %");
  assert.ok(Math.abs(scale.value - 31 / 38) < 1e-9);
  assert.deepEqual([scale.low, scale.high, scale.bound], [0.7, 0.9, null]);
  const wide = find({ ...PROOF, addition_rate: 0.5, addition_interval: [0.1, 1] }, "addition_rate").scale;
  assert.deepEqual([wide.to, wide.value, wide.high, wide.bound], ["100 %", 0.5, 1, 0.05]);
  assert.equal(find({ ...PROOF, sharpness_kept: -0.5 }, "sharpness_kept").scale.value, 0);
});

test("agreement with the manual masks is told where there are any", () => {
  assert.equal(describeAgreement(PROOF), "IoU with the manual masks 0.71, now 0.10");
  assert.equal(describeAgreement({ ...PROOF, iou_before: null }), null);
});
