import assert from "node:assert/strict";
import { test } from "node:test";

import {
  describeControls,
  describeVoters,
  describeWitnesses,
  describeWords,
  nameHeadline,
} from "../../desra_studio/ui/static/proof/witnesses.js";

const make = (name, rest = {}) => ({
  name,
  title: `The witness ${name}`,
  asks: "Gone where it is gone.",
  trained_on: false,
  seen: 3,
  gone: 2,
  fainter: 1,
  still_there: 0,
  added: 0,
  removal_rate: 2 / 3,
  removal_interval: null,
  ...rest,
});
const PROOF = {
  headline: "SSIM",
  before_components: 3,
  unseen: 1,
  reviewed: true,
  witnesses: [
    make("SSIM", { removal_interval: [0.2, 0.9], added: 2 }),
    make("LDL-style", { seen: 0, gone: 0, fainter: 0 }),
    make("D", { trained_on: true, gone: 3, fainter: 0 }),
  ],
  controls: { components: 5, changed: 1, clean_images: 0 },
};

test("the verdict says by whom it is", () => {
  assert.equal(nameHeadline(PROOF), "By SSIM, the strictest witness that no loss asked for.");
  const blind = { ...PROOF, before_components: 4 };
  assert.match(nameHeadline(blind), /What it had not seen is judged by the next\.$/);
  assert.match(nameHeadline({ ...PROOF, headline: "D" }), /^By D, though a loss asked for/);
  assert.equal(nameHeadline({ ...PROOF, headline: "" }), "");
});

test("witnesses stand side by side, each with its parts and the rest in words", () => {
  const [ssim, ldl, d] = describeWitnesses(PROOF);
  assert.deepEqual([ssim.headline, ssim.trainedOn, ssim.text], [true, false, "2 of 3 gone"]);
  assert.deepEqual(ssim.parts, [
    { fate: "gone", share: 0.5, text: "2 gone" },
    { fate: "fainter", share: 0.25, text: "1 fainter" },
  ]);
  assert.deepEqual([ssim.rest, ssim.interval], ["1 fainter, 1 not seen, 2 new", "gone: 20 % to 90 %"]);
  assert.deepEqual([ldl.text, ldl.parts, ldl.rest, ldl.interval], ["saw none", [], "4 not seen", ""]);
  assert.deepEqual([d.headline, d.trainedOn, d.text], [false, true, "3 of 3 gone"]);
});

test("a component says what each witness says, the strictest first", () => {
  const words = [
    { witness: "D", fate: "gone", area_left: 0, depth_left: 0.1 },
    { witness: "SSIM", fate: "fainter", area_left: 0.4, depth_left: 0.55 },
    { witness: "LDL-style", fate: "unseen", area_left: 0, depth_left: 0 },
  ];
  assert.equal(
    describeWords({ fate: "fainter", words, found_by: [], likeness: null }, PROOF),
    "SSIM: fainter, 40 % of the area and 55 % of the depth left · LDL-style: not seen · " +
      "D (trained on): gone",
  );
});

test("new components name their finders, controls how alike they are", () => {
  const none = { words: [], found_by: [], likeness: null };
  assert.equal(
    describeWords({ ...none, fate: "new", found_by: ["D", "SSIM"] }, PROOF),
    "Found by D and SSIM where nothing was marked before",
  );
  assert.equal(
    describeWords({ ...none, fate: "changed", likeness: 0.618 }, PROOF),
    "Rejected in review; likeness with the original 0.62: changed",
  );
  assert.match(describeWords({ ...none, fate: "kept", likeness: 0.9 }, PROOF), /0\.90: kept$/);
});

test("controls are told, and why there are none", () => {
  assert.equal(
    describeControls(PROOF),
    "Changed though it should have stayed: 1 of 5 (rejected in review).",
  );
  const clean = { components: 5, changed: 0, clean_images: 2 };
  assert.match(describeControls({ ...PROOF, controls: clean }), /, and on 2 clean images\)\.$/);
  assert.match(describeControls({ ...PROOF, reviewed: false }), /^No controls: nobody/);
  const none = { components: 0, changed: 0, clean_images: 1 };
  assert.match(describeControls({ ...PROOF, controls: none }), /^No controls: nothing/);
});

test("voters are told with their numbers", () => {
  const word = { study: "blind", question: "Which is better?", share: 0.64, votes: 50, voters: 5 };
  const shown = describeVoters({ ...word, images: 1, interval: [0.51, 0.75] });
  assert.equal(shown.title, "Voters: Which is better?");
  assert.equal(shown.text, "64 % for it");
  assert.equal(shown.rest, "50 votes, 5 voters, 1 image");
  assert.equal(shown.interval, "51 % to 75 %");
  assert.equal(describeVoters({ ...word, images: 1, interval: null }).interval, "");
});
