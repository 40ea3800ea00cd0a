import assert from "node:assert/strict";
import { test } from "node:test";

import { QueueRows, scrollTo, windowRows } from "../../desra_studio/ui/static/review/queue_rows.js";

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
  assert.deepEqual(rows.findMissing(90, 130), { place: 100, offset: 100 });
  assert.deepEqual(rows.findMissing(399, 405), { place: 400, offset: 400 });
  assert.deepEqual(rows.findMissing(99_990, 100_050), { place: 99_900, offset: 99_900 });
});

test("an answer around an image need not begin with a page", () => {
  const rows = makeRows(500);
  rows.put({ offset: 130, items: makeItems(130, 230) });
  assert.equal(rows.placeOf(1130), 130);
  assert.deepEqual(rows.findMissing(130, 240), { place: 200, offset: 200 });
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
  assert.deepEqual(rows.findMissing(100, 200), { place: 100, offset: 98 });
  rows.comeBack(1050);
  const missing = rows.findMissing(100, 200);
  assert.deepEqual(missing, { place: 100, offset: 99 });
  rows.put({ offset: missing.offset, items: makeItems(100, 200) }, missing.place);
  assert.equal(rows.placeOf(1100), 100);
  assert.equal(rows.at(3).id, 1003);
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
