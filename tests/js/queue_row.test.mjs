import assert from "node:assert/strict";
import { test } from "node:test";

import {
  barLength,
  describeItem,
  listBadges,
  writeFigure,
} from "../../desra_studio/ui/static/review/queue/queue_row.js";

const PLAIN = {
  name: "a",
  state: "unreviewed",
  regions: 1,
  area_share: 0,
  annotator: null,
  assigned_to: null,
  severity: null,
  kinds: [],
  flags: [],
  uncertainty: null,
  disagreement: null,
  dissent: null,
  opinions: null,
  claimed_by: null,
};
const BUSY = {
  ...PLAIN,
  state: "accepted",
  regions: 2,
  area_share: 0.04,
  annotator: "Ann",
  assigned_to: "Bo",
  severity: 0,
  kinds: ["blotch"],
  flags: [{ source: "study", note: "3 voters" }, { source: "regression", note: "" }],
  uncertainty: 0.256,
  opinions: { wanted: 3, given: 1 },
  claimed_by: "Cy",
};

test("a plain row says its state, a busy one all that is known", () => {
  assert.equal(describeItem(PLAIN), "a: unreviewed, 1 artifact detected");
  assert.equal(
    describeItem(BUSY),
    "a: accepted, 2 artifacts detected; 4 % of the area; severity 0; blotch; " +
      "flagged by study: 3 voters; flagged by regression; 1 of 3 opinions; by Ann; for Bo; " +
      "Cy works on it now",
  );
  assert.deepEqual(listBadges(PLAIN, "name"), []);
  assert.deepEqual(listBadges(BUSY, "name"), ["✎ Cy", "⚑ 2", "▲ 0", "◫ 1/3", "→ Bo"]);
});

test("a row of an image that is labelled blind tells nothing of the detector", () => {
  const veiled = { ...PLAIN, veiled: true, regions: null, area_share: null };
  assert.equal(describeItem(veiled), "a: unreviewed, labelled blind");
  assert.deepEqual(listBadges(veiled, "name"), ["blind"]);
  const orders = ["name", "area", "uncertainty", "disagreement", "flagged"];
  assert.deepEqual(orders.map((order) => writeFigure(veiled, order)), ["", "", "", "", ""]);
  assert.equal(barLength(veiled), 0);
});

test("the figure is what the list is ordered by", () => {
  const orders = ["name", "area", "uncertainty", "disagreement", "flagged"];
  assert.deepEqual(orders.map((order) => writeFigure(BUSY, order)), ["2", "4 %", "0.26", "", "⚑ 2"]);
  assert.deepEqual(orders.map((order) => writeFigure({ ...PLAIN, regions: 0 }, order)), ["", "0 %", "", "", ""]);
  assert.equal(listBadges(BUSY, "flagged").includes("⚑ 2"), false, "said once");
});

test("small areas have a bar that can be seen", () => {
  assert.equal(barLength(PLAIN), 0);
  assert.equal(barLength({ area_share: 0.01 }), 0.1);
  assert.equal(barLength({ area_share: 1 }), 1);
});
