import assert from "node:assert/strict";
import { test } from "node:test";

import { QueueRows, scrollTo, windowRows } from "../../desra_studio/ui/static/review/queue/queue_rows.js";

const makeItems = (from, to) =>
  Array.from({ length: to - from }, (_, index) => ({ id: 1000 + from + index }));

/** A queue of `total` rows of which some pages were fetched. */
function makeRows(total, ...pages) {
  const rows = new QueueRows();
  rows.total = total;
  for (const offset of pages) {
    rows.put({ offset, items: makeItems(offset, Math.min(offset + 100, total)) });
  }
  return rows;
}

test("rows have places, and what is missing is asked for by pages", () => {
  const rows = makeRows(100_000, 0, 300);
  assert.equal(rows.placeOf(1310), 310);
  assert.equal(rows.placeOf(5), -1);
  assert.equal(rows.at(150), undefined);
  assert.equal(rows.findMissing(0, 100), null);
  assert.equal(rows.findMissing(90, 130), 100);
  assert.equal(rows.findMissing(399, 405), 400);
  assert.equal(rows.findMissing(99_990, 100_050), 99_900);
});

test("an answer around an image need not begin with a page", () => {
  const rows = makeRows(500);
  rows.put({ offset: 130, items: makeItems(130, 230) });
  assert.equal(rows.placeOf(1130), 130);
  assert.equal(rows.findMissing(130, 240), 200);
  rows.put({ offset: 200, items: makeItems(200, 300) });
  assert.equal(rows.findMissing(130, 300), null);
});

test("a neighbour is known, not there, or not known", () => {
  const rows = makeRows(101, 0);
  assert.equal(rows.neighbour(1005, 1), 1006);
  assert.equal(rows.neighbour(1000, -1), null);
  assert.equal(rows.neighbour(1099, 1), undefined);
  assert.equal(rows.neighbour(7, 1), undefined);
  rows.put({ offset: 100, items: makeItems(100, 101) });
  assert.equal(rows.neighbour(1100, 1), null);
});

test("rows that left the filter keep their places, and the pages after them still fit", () => {
  const rows = makeRows(300, 0);
  rows.leave(1003);
  rows.leave(1003);
  rows.leave(1050);
  assert.equal(rows.findMissing(100, 200), 98);
  rows.comeBack(1050);
  assert.equal(rows.findMissing(100, 200), 99);
  rows.put({ offset: 99, items: makeItems(100, 200) });
  assert.equal(rows.placeOf(1100), 100);
  assert.equal(rows.at(3).id, 1003);
});

test("an answer fits around rows that left in the middle of it", () => {
  const rows = makeRows(500);
  rows.put({ offset: 140, items: makeItems(140, 240) });
  rows.leave(1140);
  rows.leave(1150);
  rows.put({ offset: 100, items: [...makeItems(100, 140), ...makeItems(141, 150), ...makeItems(151, 202)] });
  assert.deepEqual([139, 140, 141, 149, 150, 151, 201].map((place) => rows.at(place).id - 1000), [
    139, 140, 141, 149, 150, 151, 201,
  ]);
});

test("a row that others moved is not listed twice, and stepping passes over the gap", () => {
  const rows = makeRows(300, 0);
  rows.put({ offset: 100, items: [{ id: 1099 }, ...makeItems(100, 199)] });
  assert.equal(rows.placeOf(1099), 99);
  assert.equal(rows.at(100), null);
  assert.equal(rows.findMissing(100, 200), null);
  assert.equal(rows.neighbour(1099, 1), 1100);
  assert.equal(rows.neighbour(1100, -1), 1099);
  assert.deepEqual(rows.listIds(102, 98), [1098, 1099, 1100, 1101]);
});

test("a page that is not full ends the list", () => {
  const rows = makeRows(300, 0);
  rows.put({ offset: 100, items: makeItems(100, 150) });
  assert.equal(rows.total, 150);
  assert.equal(rows.findMissing(0, 300), null);
  assert.equal(rows.neighbour(1149, 1), null);
});

test("only what is seen is drawn, with a few rows beyond", () => {
  const at = (top) => windowRows({ top, height: 400, rowHeight: 40, total: 100_000, spare: 5 });
  assert.deepEqual(at(0), { from: 0, to: 15 });
  assert.deepEqual(at(2_000_010), { from: 49_995, to: 50_016 });
  assert.deepEqual(at(99_990 * 40), { from: 99_985, to: 100_000 });
  assert.deepEqual(windowRows({ top: 0, height: 400, rowHeight: 40, total: 0 }), { from: 0, to: 0 });
});

test("a row comes into sight by the shortest way", () => {
  const view = { top: 1000, height: 400, rowHeight: 40 };
  assert.equal(scrollTo(26, view), 1000);
  assert.equal(scrollTo(3, view), 120);
  assert.equal(scrollTo(40, view), 1240);
});
