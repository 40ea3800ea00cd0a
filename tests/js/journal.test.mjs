import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { MOST_BYTES, MOST_ENTRIES, rebuildMask, WorkLog } from "../../desra_studio/ui/static/review/journal/journal_log.js";
import { History } from "../../desra_studio/ui/static/masks/history.js";
import { chooseRestore, describeTime } from "../../desra_studio/ui/static/review/journal/restore.js";
import { decodeRuns, encodeRuns, nameRuns } from "../../desra_studio/ui/static/masks/runs.js";
import { countTiles, placeTile, readTile, writeTile } from "../../desra_studio/ui/static/masks/tiles.js";

const WIDTH = 300;
const HEIGHT = 200;

/** A store in memory that counts what is in it, as JournalStore. */
class MemoryStore {
  kept = null;

  async put(work, { entry = null, snapshot = null }) {
    this.kept ??= { entries: [] };
    this.kept.work = work;
    if (snapshot) Object.assign(this.kept, { snapshot, entries: [] });
    if (entry) this.kept.entries.push(structuredClone(entry));
  }
}

function start(saved = null) {
  const mask = saved?.slice() ?? new Uint8Array(WIDTH * HEIGHT);
  const history = new History(mask, WIDTH, HEIGHT);
  const store = new MemoryStore();
  const work = (actions) => ({ key: "k", width: WIDTH, height: HEIGHT, actions, at: actions });
  const log = new WorkLog(store, work(0), saved && encodeRuns(saved));
  const paint = (x0, y0, x1, y1, value = 1) => {
    history.begin();
    history.touch({ x0, y0, x1, y1 });
    for (let y = y0; y < y1; y++) mask.fill(value, y * WIDTH + x0, y * WIDTH + x1);
  };
  return { mask, history, store, log, work, paint };
}

test("tiles are cut at the edges, and go out and in", () => {
  assert.equal(countTiles(WIDTH, HEIGHT), 6);
  assert.deepEqual(placeTile(5, WIDTH, HEIGHT), { x0: 256, y0: 128, x1: 300, y1: 200 });
  const mask = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % 7 < 3 ? 1 : 0));
  const copy = new Uint8Array(mask.length);
  for (let index = 0; index < 6; index++) {
    writeTile(copy, index, WIDTH, HEIGHT, readTile(mask, index, WIDTH, HEIGHT));
  }
  assert.deepEqual(copy, mask);
});

test("what is kept gives the mask back, in the middle of a stroke, too", async () => {
  const saved = new Uint8Array(WIDTH * HEIGHT);
  saved.fill(1, 1000, 3000);
  const { mask, history, store, log, work, paint } = start(saved);
  paint(10, 10, 290, 30);
  await log.record(work(1), history.takeChanged());
  assert.deepEqual(rebuildMask(store.kept), mask);
  history.touch({ x0: 0, y0: 150, x1: 140, y1: 160 });
  mask.fill(1, 150 * WIDTH, 150 * WIDTH + 140);
  await log.record(work(1), history.takeChanged());
  assert.deepEqual(rebuildMask(store.kept), mask);
  history.commit();
  history.undo();
  await log.record(work(2), history.takeChanged());
  assert.deepEqual(rebuildMask(store.kept), saved);
  assert.equal(store.kept.work.actions, 2);
});

test("only tiles that changed are kept", async () => {
  const { history, store, log, work, paint } = start();
  paint(130, 10, 140, 20);
  history.commit();
  assert.equal(history.hasChanged, true);
  await log.record(work(1), history.takeChanged());
  assert.deepEqual(store.kept.entries[0].tiles.map(({ index }) => index), [1]);
  assert.equal(history.hasChanged, false);
});

test("many actions, or large ones, become one whole mask", async () => {
  const { mask, history, store, log, work, paint } = start();
  let most = 0;
  for (let action = 1; action <= 3 * MOST_ENTRIES; action++) {
    paint(action, action % HEIGHT, action + 9, (action % HEIGHT) + 1, action % 3 ? 1 : 0);
    history.commit();
    await log.record(work(action), history.takeChanged());
    most = Math.max(most, store.kept.entries.length);
  }
  assert.ok(most < MOST_ENTRIES);
  assert.deepEqual(rebuildMask(store.kept), mask);

  const size = 2304;
  const large = new Uint8Array(size * size).map((_, i) => i & 1);
  const about = { ...work(1), width: size, height: size };
  const bigLog = new WorkLog(store, about, null);
  const tiles = Array.from({ length: countTiles(size, size) }, (_, index) => ({
    index,
    pixels: readTile(large, index, size, size),
  }));
  await bigLog.record(about, tiles);
  assert.ok(large.length > MOST_BYTES);
  assert.equal(store.kept.entries.length, 0);
});

test("after a save only what came later is kept", async () => {
  const { mask, history, store, log, work, paint } = start();
  paint(0, 0, 9, 9);
  history.commit();
  await log.record(work(1), history.takeChanged());
  paint(20, 20, 29, 29);
  history.commit();
  await log.rebase({ ...work(1), base: "new" }, history.takeChanged());
  assert.equal(store.kept.work.base, "new");
  assert.equal(store.kept.entries.length, 0);
  assert.deepEqual(rebuildMask(store.kept), mask);
});

test("unsaved actions are those since the save, whichever way", () => {
  const { history, paint } = start();
  const act = (x) => {
    paint(x, 0, x + 1, 1);
    history.commit();
  };
  assert.equal(history.listUnsaved().length, 0);
  act(1);
  act(2);
  assert.deepEqual(history.listUnsaved(), [1, 2]);
  history.savedSerial = history.current;
  act(3);
  assert.deepEqual(history.listUnsaved(), [3]);
  history.undo();
  assert.deepEqual(history.listUnsaved(), []);
  history.undo();
  assert.equal(history.listUnsaved().length, 1, "undone beyond the save");
});

test("what is taken up, and what has to be compared first", () => {
  const base = { version: 3, sha: "aa" };
  const other = { version: 4, sha: "bb" };
  const kept = { base, at: 20, sent: ["o", "n"], draftedAt: 20 };
  const ours = { base_version: 3, name: "n" };
  const theirs = { base_version: 3, name: "t" };
  assert.equal(chooseRestore(null, null, base), null);
  assert.deepEqual(chooseRestore(kept, null, base), { mine: "kept", against: null });
  assert.deepEqual(chooseRestore(kept, ours, base), { mine: "kept", against: null });
  assert.deepEqual(chooseRestore(kept, ours, other), { mine: "kept", against: "base" });
  assert.deepEqual(chooseRestore(kept, null, { version: 3, sha: "cc" }), { mine: "kept", against: "base" });
  assert.deepEqual(chooseRestore(null, ours, base), { mine: "draft", against: null });
  assert.deepEqual(chooseRestore(null, ours, other), { mine: "draft", against: "base" });
  assert.deepEqual(chooseRestore(kept, theirs, base), { mine: "draft", against: null });
  const ahead = { ...kept, at: 21 };
  assert.deepEqual(chooseRestore(ahead, ours, base), { mine: "kept", against: null });
  assert.deepEqual(chooseRestore(ahead, { ...ours, name: "o" }, base), { mine: "kept", against: null });
  assert.deepEqual(chooseRestore(ahead, theirs, base), { mine: "kept", against: "draft" });
});

test("a browser knows its own runs again", () => {
  const name = nameRuns(Uint8Array.from([1, 2, 3]));
  assert.equal(nameRuns(Uint8Array.from([1, 2, 3])), name);
  assert.notEqual(nameRuns(Uint8Array.from([1, 3, 2])), name);
  assert.notEqual(nameRuns(Uint8Array.from([1, 2, 3, 0])), name);
});

test("a time of another day has its date", () => {
  const now = new Date(2026, 4, 5, 14, 2);
  const today = describeTime(now.getTime(), now);
  assert.match(today, /02/);
  const later = new Date(2026, 4, 6, 14, 2);
  assert.ok(describeTime(now.getTime(), later).length > today.length);
});

test("the golden masks come back from the journal", async () => {
  const cases = JSON.parse(readFileSync(new URL("../golden/runs.json", import.meta.url)));
  for (const { width, height, runs } of cases) {
    const golden = Uint8Array.from(Buffer.from(runs, "hex"));
    const mask = decodeRuns(golden, width * height);
    const store = new MemoryStore();
    const work = { key: "k", width, height, actions: 1, at: 1 };
    const tiles = Array.from({ length: countTiles(width, height) }, (_, index) => ({
      index,
      pixels: readTile(mask, index, width, height),
    }));
    await new WorkLog(store, work, null).record(work, tiles);
    assert.equal(Buffer.from(encodeRuns(rebuildMask(store.kept))).toString("hex"), runs);
  }
});
