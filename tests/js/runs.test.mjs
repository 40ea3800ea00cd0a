import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  countMarked,
  decodeRuns,
  encodeRuns,
  unpackRegions,
} from "../../desra_studio/ui/static/masks/runs.js";

const cases = JSON.parse(readFileSync(new URL("../golden/runs.json", import.meta.url)));

test("the golden masks give the golden bytes, both ways", () => {
  assert.equal(cases.length, 6);
  for (const { width, height, area, marked, runs } of cases) {
    const bytes = Uint8Array.from(Buffer.from(runs, "hex"));
    const mask = decodeRuns(bytes, width * height);
    assert.equal(mask.reduce((sum, value) => sum + value, 0), area);
    if (marked) assert.deepEqual([...mask.keys()].filter((index) => mask[index]), marked);
    assert.equal(Buffer.from(encodeRuns(mask)).toString("hex"), runs);
  }
});

test("marked pixels are counted, whatever the length", () => {
  for (const length of [0, 1, 3, 4, 509, 4 * 127, 4 * 127 + 1, 70001]) {
    assert.equal(countMarked(new Uint8Array(length).fill(1)), length);
    assert.equal(countMarked(Uint8Array.from({ length }, (_, at) => at % 3 === 1)), Math.floor((length + 1) / 3));
  }
});

test("runs that do not fit are refused", () => {
  for (const bytes of [[], [5], [13], [0x8c]]) {
    assert.throws(() => decodeRuns(Uint8Array.from(bytes), 12), /covers/);
  }
});

test("regions and runs of a live detection come apart", () => {
  const text = new TextEncoder().encode('{"regions": [], "area_px": 2, "score": 0.5}');
  // Somewhere inside a larger buffer, as a part of an answer may be.
  const packed = new Uint8Array([9, text.length, 0, 0, 0, ...text, 1, 2, 3]).subarray(1);
  const { regions, area_px, score, runs } = unpackRegions(packed);
  assert.deepEqual([regions, area_px, score], [[], 2, 0.5]);
  assert.deepEqual(decodeRuns(runs, 6), Uint8Array.from([0, 1, 1, 0, 0, 0]));
});
