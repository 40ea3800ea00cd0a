import assert from "node:assert/strict";
import { test } from "node:test";

import { cutRows, listRows } from "../../desra_studio/ui/static/studies/forest.js";
import {
  countChecks,
  findMissing,
  guessSystems,
  readLines,
  readOrder,
  tellUnscreened,
} from "../../desra_studio/ui/static/studies/order.js";
import {
  listChecks,
  listPairFacts,
  tellItems,
  tellPair,
  tellProgress,
  tellScreening,
} from "../../desra_studio/ui/static/studies/words.js";

const image = (name, share, votes = 4) => ({ image: name, image_id: 1, share, votes, interval: [0, 1] });
const pair = {
  a: "before",
  b: "after",
  share: 0.2,
  interval: [0.1, 0.35],
  wilson: [0.15, 0.26],
  votes: 80,
  wins: 16,
  unsure: 20,
  unsure_rate: 0.2,
  p_value: 0.0000001,
  voters: 10,
  images: 3,
  voters_wanting: 0,
  images_wanting: 0,
  signs: { won: 0, lost: 2, tied: 1, p_value: 0.5 },
  by_image: [image("boat", 0.1), image("hat", 0.5), image("raft", 0)],
  votes_needed: 0,
};

test("a pair is told by who won, and only where that can be told", () => {
  assert.equal(tellPair(pair), "after is preferred over before: 80.0 %");
  assert.equal(tellPair({ ...pair, share: 0.8, interval: [0.6, 0.9] }), "before is preferred over after: 80.0 %");
  assert.equal(tellPair({ ...pair, interval: [0.1, 0.6] }), "before and after: no difference can be told yet");
  assert.equal(tellPair({ ...pair, interval: null, votes: 1 }), "before over after: 20.0 % of 1 vote");
  assert.equal(tellPair({ ...pair, votes: 0 }), "before against after: no votes yet");
});

test("the facts name both intervals, the tests and what is needed", () => {
  const facts = Object.fromEntries(listPairFacts(pair));
  assert.equal(facts["Share of before"], "20.0 % (10 to 35 %)");
  assert.equal(facts["Share of after"], "80.0 %");
  assert.equal(facts["If votes were independent"], "15 to 26 %");
  assert.equal(facts["Exact binomial test"], "p < 0.001");
  assert.equal(facts["Images won, lost, tied"], "0, 2, 1 · p 0.500");
  assert.equal(facts["Votes"], "80 of 10 voters on 3 images");
  assert.match(facts["Votes still needed"], /none/);
  assert.match(Object.fromEntries(listPairFacts({ ...pair, votes_needed: 120 }))["Votes still needed"], /about 120/);
  assert.deepEqual(listPairFacts({ ...pair, votes: 0 }), []);
  const few = { ...pair, interval: null, voters_wanting: 0, images_wanting: 5 };
  assert.equal(Object.fromEntries(listPairFacts(few))["Share of before"], "20.0 % (no interval yet: 5 images more)");
});

test("a forest has images by share, then the whole two-way, then the naive interval", () => {
  const rows = listRows(pair);
  assert.deepEqual(rows.map(({ title }) => title), ["hat", "boat", "raft", "All, voters × images", "If votes were independent"]);
  assert.deepEqual([rows[3].low, rows[3].high], [0.1, 0.35]);
  assert.deepEqual([rows[4].low, rows[4].high], [0.15, 0.26]);
  assert.deepEqual(listRows({ ...pair, votes: 0 }), []);
});

test("of many images the most decided at both ends are drawn", () => {
  const by = Array.from({ length: 50 }, (_, place) => image(String(place), place / 50));
  const { rows, left } = cutRows(listRows({ ...pair, by_image: by }), 10);
  assert.equal(left, 40);
  assert.equal(rows.length, 12);
  assert.deepEqual([rows[0].title, rows[9].title], ["49", "0"]);
  assert.equal(cutRows(listRows(pair), 10).left, 0);
});

test("checks come side by side, those that there were", () => {
  const rate = (share, total) => ({ share, total, hits: 0, interval: total ? [0.1, 0.9] : null });
  const none = rate(null, 0);
  const raw = { left: rate(0.5, 80), repeats: rate(0.7, 10), gold: none, identical: none, decoys: none, unsure: rate(0.1, 90), alpha: 0.25 };
  const rows = listChecks({ raw, screened: { ...raw, repeats: none, alpha: null } });
  assert.deepEqual(rows.map(({ title }) => title), ["Left side chosen", "Repeats answered the same", "Not sure", "Krippendorff's alpha"]);
  assert.equal(rows[1].screened, "–");
  assert.equal(rows[0].raw, "50.0 % of 80 (10 to 90 %)");
  assert.deepEqual([rows[3].raw, rows[3].screened], ["0.25", "–"]);
});

test("progress and items are told in words", () => {
  assert.equal(tellItems({ pair: 1, gold: 3, training: 1 }), "1 pair, 3 gold, 1 practice trial");
  assert.equal(tellProgress({ state: "open", votes: 3, wanted: 10, voters: 1 }), "3 of 10 votes by 1 voter");
  assert.match(tellProgress({ state: "draft" }), /Nobody/);
});

test("the newest fine-tuned system is compared with the first", () => {
  const systems = [{ id: 1 }, { id: 7, fine_tuned: true }, { id: 9, fine_tuned: true }, { id: 2 }];
  assert.deepEqual(guessSystems(systems, "choice"), [1, 9]);
  assert.deepEqual(guessSystems([{ id: 1 }, { id: 2 }], "choice"), [1, 2]);
  assert.deepEqual(guessSystems(systems, "prominence"), [1]);
  assert.deepEqual(guessSystems([], "choice"), []);
});

const form = {
  name: " first ",
  title: "",
  kind: "choice",
  systems: [1, 2],
  crops: "windows",
  questions: "Which?\n\n Why? ",
  consent: "",
  show_lr: true,
  check_share: "15",
  window_px: "256",
  controls: "4",
  max_items: "",
  votes_per_pair: "10",
  trials_per_voter: "40",
  training: "2",
  min_seconds: "1.5",
  max_voters: "200",
  seed: "0",
  min_votes: "5",
  min_gold: "9",
  min_gold_pass: "75",
  min_repeats: "",
  max_one_side: "90",
  min_median_seconds: "1.2",
};

test("the form becomes an order; per cent become shares, empty fields the usual", () => {
  const order = readOrder(form);
  assert.equal(order.name, "first");
  assert.deepEqual(order.questions, ["Which?", "Why?"]);
  assert.equal(order.check_share, 0.15);
  assert.equal(order.max_items, null);
  assert.equal(order.title, null);
  assert.deepEqual(order.rules, { min_votes: 5, min_gold: 9, min_gold_pass: 0.75, max_one_side: 0.9, min_median_seconds: 1.2 });
  assert.equal(readOrder({ ...form, window_px: "wide" }), null);
  assert.equal(readOrder({ ...form, kind: "prominence", crops: "whole" }).crops, "windows");
});

test("that voters will not be screened is said with what it takes", () => {
  const usual = { trials_per_voter: 40, check_share: 0.25, rules: { min_gold: 9 } };
  const tell = (values) => tellUnscreened(readOrder({ ...form, ...values }), usual);
  assert.equal(tell({}), "Not screened by gold: 7 hidden checks per voter, 2 more are needed: 18 % hidden checks, or 49 votes per voter.");
  assert.equal(tell({ check_share: "" }), "");
  assert.equal(tell({ check_share: "25" }), "");
  assert.equal(tell({ check_share: "0" }), "Not screened by gold: 0 hidden checks per voter, 9 more are needed: 18 % hidden checks.");
  assert.equal(tell({ check_share: "25", trials_per_voter: "3" }), "Not screened by gold: 1 hidden check per voter, 8 more are needed: 26 votes per voter.");
  assert.equal(tell({ min_gold: "7" }), "");
  for (const [votes, share, checks] of [[40, 0.25, 13], [40, 0.15, 7], [10, 0.2, 3], [24, 0.25, 8]]) {
    assert.equal(countChecks(votes, share), checks);
  }
});

test("how well gold screens is told, and where it does not", () => {
  const screening = { checks: 13, gold: 9, needed: 9, missing: 0, wrong: 3, careful: 0.00836, random: 0.9102 };
  assert.equal(
    tellScreening(screening),
    "Screened by gold: 3 of 9 wrong leave a voter out, 0.8 % of the careful ones and 91.0 % of those who click at random.",
  );
  assert.match(tellScreening({ ...screening, checks: 8, missing: 1 }), /^Not screened by gold: 8 hidden checks per voter, 1 more/);
  assert.match(tellScreening({ ...screening, random: 0, careful: 0 }), /no share of right answers/);
});

test("what is missing is said before anything is sent", () => {
  const choices = { labelled: 3, images: 4 };
  assert.equal(findMissing(form, choices, "windows"), "");
  assert.match(findMissing({ ...form, systems: [1] }, choices, "windows"), /two systems/);
  assert.match(findMissing({ ...form, name: " " }, choices, "windows"), /name/);
  assert.match(findMissing({ ...form, questions: "\n" }, choices, "whole"), /question/);
  assert.match(findMissing(form, { labelled: 0, images: 4 }, "windows"), /Accept some/);
  assert.equal(findMissing(form, { labelled: 0, images: 4 }, "whole"), "");
  assert.match(findMissing(form, { labelled: 0, images: 0 }, "whole"), /Upscale/);
  assert.deepEqual(readLines(" a \n\nb"), ["a", "b"]);
});
