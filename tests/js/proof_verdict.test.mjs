import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countHeld,
  describeAgreement,
  describeNoise,
  listFigures,
  tellLimits,
  writeVerdict,
} from "../../desra_studio/ui/static/proof/verdict.js";

const PROOF = {
  images: 4,
  held_out: true,
  reviewed: true,
  headline: "SSIM",
  witnesses: [{ name: "SSIM", trained_on: false, seen: 38 }],
  before_components: 38,
  removed: 31,
  fainter: 5,
  still_there: 2,
  unseen: 0,
  controls: { components: 0, changed: 0, clean_images: 0 },
  remaining: 7,
  added: 1,
  removal_rate: 31 / 38,
  removal_interval: [0.7, 0.9],
  addition_rate: 1 / 38,
  addition_interval: null,
  iou_before: 0.511,
  iou_after: 0.129,
  iou_fall: 0.7476,
  psnr_outside: 37.25,
  ssim_outside: 0.97,
  variance_ratio_outside: 0.93,
  noise: { gan: 2.04, after: 1.26, mse: 0.8 },
  sharpness_kept: 0.88,
  detail_kept: 0.81,
  edges_kept: 0.9,
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

test("the verdict is one sentence, and says who says so", () => {
  assert.deepEqual(writeVerdict(PROOF), {
    text: "31 of 38 accepted artifacts gone, 5 fainter, 2 still there, 1 new; no quality limit was violated.",
    basis: [
      "By SSIM, the strictest witness that no loss asked for.",
      "On 4 held-out images that the model was not trained on.",
    ],
    badge: "All bounds kept",
    good: true,
  });
});

test("what is outside its bound is named", () => {
  const proof = { ...PROOF, added: 0, fainter: 0, still_there: 7, sharpness_kept: 0.4, psnr_outside: 29 };
  const { text, badge, good } = writeVerdict(proof);
  assert.equal(
    text,
    "31 of 38 accepted artifacts gone, 7 still there, none new; " +
      "but sharpness and PSNR outside the masks fell too far.",
  );
  assert.equal(badge, "2 figures outside the bounds");
  assert.ok(!good);
});

test("too many new components are said so", () => {
  const { text, good } = writeVerdict({ ...PROOF, added: 3, addition_rate: 3 / 38 });
  assert.match(text, /, 3 new, which is too many; no quality limit/);
  assert.ok(!good);
});

test("a model that changed nothing is no success", () => {
  const { text, badge, good } = writeVerdict({ ...PROOF, removed: 0, added: 0 });
  assert.match(text, /^0 of 38 accepted artifacts gone/);
  assert.equal(badge, "Most artifacts are not gone");
  assert.ok(!good);
  assert.ok(writeVerdict({ ...PROOF, removed: 19 }).good);
});

test("artifacts of images that nobody reviewed are the detector's", () => {
  const { text, basis } = writeVerdict({ ...PROOF, reviewed: false });
  assert.match(text, /^31 of 38 detected artifacts gone/);
  assert.match(basis.at(-1), /Nobody has reviewed them: the artifacts are the detector's\.$/);
});

test("what no witness saw is told apart", () => {
  const { basis } = writeVerdict({ ...PROOF, unseen: 1 });
  assert.equal(basis[1], "1 more that no witness saw: look yourself.");
});

test("clean images are told apart from held-out ones", () => {
  const { basis } = writeVerdict({ ...PROOF, controls: { components: 9, changed: 0, clean_images: 3 } });
  assert.equal(basis[1], "On 1 held-out image and 3 clean ones that the model was not trained on.");
});

test("images without artifacts, and ones that were not held out, are said so", () => {
  const nothing = { before_components: 0, removed: 0, fainter: 0, still_there: 0, added: 0 };
  const none = { ...PROOF, ...nothing, headline: "", witnesses: [], removal_rate: null };
  const { text, basis, badge, good } = writeVerdict(none);
  assert.match(text, /^No accepted artifact that a witness saw, none new;/);
  assert.deepEqual([basis.length, badge, good], [1, "Nothing to judge", false]);
  const other = writeVerdict({ ...PROOF, held_out: false, images: 1 });
  assert.match(other.basis[1], /^On 1 image of .* none was held out/);
  const rate = find(none, "removal_rate");
  assert.deepEqual([rate.text, rate.scale], ["n/a", null]);
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

test("folded figures say how their bounds are kept", () => {
  const count = (proof) => countHeld(listFigures(proof).filter(({ group }) => group === "more"));
  assert.equal(count(PROOF), "4 bounds kept");
  assert.equal(count({ ...PROOF, psnr_outside: 20 }), "1 of 4 bounds not kept");
  assert.equal(count({ ...PROOF, bounds: {} }), "no bound");
});

test("what takes the place of MSE-SR is named", () => {
  const proof = { ...PROOF, reference: "LR enlarged" };
  assert.equal(describeNoise(proof)?.rest, "grey levels; GAN-SR 2.0, LR enlarged 0.8");
  const tips = listFigures(proof).map(({ tip }) => tip).join();
  assert.doesNotMatch(tips, /MSE-SR/);
  assert.match(listFigures(PROOF).map(({ tip }) => tip).join(), /0 as MSE-SR/);
});

test("noise is told beside that of the two outputs", () => {
  const { text, tip, rest } = describeNoise(PROOF) ?? {};
  assert.deepEqual([text, rest], ["1.3", "grey levels; GAN-SR 2.0, MSE-SR 0.8"]);
  assert.match(tip, /more of than MSE-SR is no detail$/);
  assert.equal(describeNoise({ ...PROOF, noise: { gan: null, after: null, mse: null } }), null);
});

test("agreement with the manual masks is told where there are any", () => {
  assert.equal(
    describeAgreement(PROOF),
    "DeSRA's own figure, IoU with the manual masks: 0.51, after 0.13, fell by 75 %.",
  );
  assert.match(describeAgreement({ ...PROOF, iou_fall: -0.1 }), /rose by 10 %\.$/);
  assert.equal(describeAgreement({ ...PROOF, iou_before: null }), null);
});

test("what a proof does not prove is said", () => {
  assert.match(tellLimits(PROOF), /^that people see it, that it holds beyond these 4 images of one/);
  assert.match(tellLimits({ ...PROOF, images: 1 }), /beyond this image of one dataset/);
});
