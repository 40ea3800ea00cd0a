import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NO_FILTERS,
  describeFilters,
  dropFilter,
  hasFilters,
  hidesState,
  listFilters,
  readFilters,
  writeFilters,
} from "../../desra_studio/ui/static/review/queue/queue_filters.js";

const write = (asked) => writeFilters(new URLSearchParams(), asked).toString();

test("an address keeps every filter and the order", () => {
  const search =
    "state=unreviewed&state=in+progress&kind=blotch&severity=3&area_min=0.01&area_max=0.5" +
    "&annotator=Ann&assigned=Bo+B&class=12&order=area";
  const asked = readFilters(`?${search}`);
  assert.deepEqual(asked.filters.state, ["unreviewed", "in progress"]);
  assert.equal(asked.filters.assigned, "Bo B");
  assert.equal(write(asked), search);
});

test("what makes no sense in an address asks for nothing", () => {
  const asked = readFilters("?state=lost&severity=9&area_min=-1&area_max=x&class=a&order=luck&image=3");
  assert.deepEqual(asked, { filters: NO_FILTERS, order: "name" });
  assert.equal(write(asked), "");
});

test("a severity of 0 and an area of 0 are filters, nothing is not", () => {
  const { filters } = readFilters("?severity=0&area_min=0&area_max=");
  assert.equal(hasFilters(filters), true);
  assert.deepEqual(listFilters(filters), { severity: "0", area_min: "0" });
  assert.deepEqual([filters.severity, filters.area_min, filters.area_max], ["0", "0", ""]);
});

test("filters are told in words and taken away one by one", () => {
  const { filters } = readFilters("?state=clean&state=skipped&severity=2&area_min=0.015&class=4");
  const chips = describeFilters(filters, [{ index: 4, name: "tree" }]);
  assert.deepEqual(
    chips.map(({ text }) => text),
    ["clean", "skipped", "severity 2 to 5", "area from 1.5 %", "tree"],
  );
  const left = chips.slice(1).reduce(dropFilter, filters);
  assert.deepEqual(left, { ...NO_FILTERS, state: ["clean"] });
  assert.equal(hasFilters(dropFilter(left, chips[0])), false);
});

test("a verdict may hide a row from a filter of states", () => {
  const { filters } = readFilters("?state=unreviewed");
  assert.equal(hidesState(filters, "accepted"), true);
  assert.equal(hidesState(filters, "unreviewed"), false);
  assert.equal(hidesState(NO_FILTERS, "accepted"), false);
});
