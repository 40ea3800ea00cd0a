import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isHidden,
  listMissing,
  makeChoice,
  tellChoice,
  tellSeconds,
  tellUpload,
} from "../../desra_studio/ui/static/datasets/choice.js";
import { PIECE_BYTES, Pace, Sender } from "../../desra_studio/ui/static/datasets/sender.js";
import { Refusal } from "../../desra_studio/ui/static/shared/api.js";
import { tellBytes } from "../../desra_studio/ui/static/shared/bytes.js";

const chosen = (...paths) =>
  paths.map((path) => ({ path, file: { name: path.split("/").at(-1), size: 1000 } }));

test("a folder gives its name, and what is in it is told", () => {
  const choice = makeChoice(
    chosen("RES/MSE-SR/a.png", "RES/gan-sr/a.png", "RES/x/b.JPG", "RES/notes.txt", "RES/.DS_Store"),
  );
  assert.equal(choice.name, "RES");
  assert.equal(choice.dataset, "RES");
  assert.equal(
    tellChoice(choice),
    "4 files, 4.0 kB · gan-sr 1, MSE-SR 1, x 1 · 1 file of other kinds · 1 hidden file left alone",
  );
});

test("a zip gives its name without the ending", () => {
  const choice = makeChoice(chosen("Set 1.ZIP"));
  assert.deepEqual([choice.name, choice.dataset], ["Set 1.ZIP", "Set 1"]);
  assert.equal(tellChoice(choice), "1 file, 1.0 kB; unpacked on the server");
});

test("files without a folder are found again under the same name", () => {
  const [first, later] = ["2026-11-30T10:00", "2026-11-30T11:00"].map((time) =>
    makeChoice(chosen("a.png", "LR/b.png"), new Date(time)),
  );
  assert.deepEqual([first.name, later.name], ["2 files", "2 files"]);
  assert.equal(first.dataset, "Upload 2026-11-30 10:00");
  assert.equal(tellChoice(first), "2 files, 2.0 kB · LR 1, 1 image");
});

test("what cannot be sent says so", () => {
  assert.throws(() => makeChoice([]), /no file in it/);
  assert.throws(() => makeChoice(chosen(".DS_Store", "__MACOSX/a.png", "\ud800.png")), /no file/);
  assert.throws(() => makeChoice(chosen("a.zip", "b.zip")), /several zips/);
});

test("hidden files are those of the system", () => {
  assert.ok(["a/.git/x", "Thumbs.db", "a/__MACOSX/b", ".x"].every(isHidden));
  assert.ok(!["a.png", "../a", "./a", "a.b/c"].some(isHidden));
});

test("only what is missing is sent", () => {
  const files = chosen("a", "b", "c", "d");
  files[3].file.size = 0;
  const missing = listMissing(files, { lengths: { a: 1000, b: 400 }, left_out: { c: "reserved" } });
  assert.deepEqual(
    missing.map(({ path, offset }) => [path, offset]),
    [["b", 400], ["d", 0]],
  );
});

test("an upload that stopped says how it goes on", () => {
  const upload = { id: "x", name: "RES", files: 3, here: 1_200_000, size: 2_100_000, whole: false };
  assert.equal(
    tellUpload(upload),
    "RES: 1.2 MB of 2.1 MB are here. Choose the same folder or files again to go on.",
  );
  assert.match(tellUpload({ ...upload, name: "a.zip" }), /the same zip again/);
  assert.equal(tellUpload({ ...upload, whole: true }), "RES, 2.1 MB, is here and not imported.");
});

test("sizes and times in words", () => {
  assert.deepEqual(
    [0, 999, 6100, 999_499, 999_600, 2.1e9, 5e15].map(tellBytes),
    ["0 bytes", "999 bytes", "6.1 kB", "999 kB", "1.0 MB", "2.1 GB", "5000 TB"],
  );
  assert.deepEqual([0, 41.4, 61, 3661].map(tellSeconds), ["0:00", "0:41", "1:01", "1:01:01"]);
});

test("a pace is that of the last seconds", () => {
  const pace = new Pace(10);
  assert.equal(pace.rate, 0);
  for (let second = 0; second <= 40; second++) pace.mark(1000 * second, second < 20 ? 0 : 5 * (second - 20));
  assert.equal(pace.rate, 5);
});

/** A server that has files, and fails as it is told to: `fails` are statuses, one a request. */
class Store {
  files = {};
  requests = [];
  most = 0;
  #open = 0;

  constructor(fails = []) {
    this.fails = fails;
  }

  put = async (path, offset, piece, onLoaded) => {
    this.requests.push([path, offset, piece.size]);
    this.most = Math.max(this.most, (this.#open += 1));
    await new Promise((done) => setImmediate(done));
    this.#open -= 1;
    const status = this.fails.shift();
    // Half of what was sent arrived.
    if (status === 0) this.#append(path, offset, piece.slice(0, Math.floor(piece.size / 2)));
    if (status !== undefined) throw new Refusal(status, { error: `status ${status}` });
    const length = this.files[path]?.size ?? 0;
    if (length !== offset) throw new Refusal(409, { length });
    onLoaded(piece.size);
    this.#append(path, offset, piece);
    return this.files[path].size;
  };

  #append(path, offset, piece) {
    const before = this.files[path] ?? new Blob([]);
    if (before.size === offset) this.files[path] = new Blob([before, piece]);
  }
}

const send = (store, parts, ways = {}) => {
  const pauses = [];
  const sender = new Sender(parts, {
    put: store.put,
    pause: async (ms) => void pauses.push(ms),
    ...ways,
  });
  return { sender, pauses, run: sender.run() };
};
const part = (path, text, offset = 0) => ({ path, file: new Blob([text]), offset });

test("all files arrive, a few at a time, empty ones too", async () => {
  const store = new Store();
  const texts = Array.from({ length: 20 }, (_, index) => "x".repeat(index));
  const { sender, run } = send(store, texts.map((text, index) => part(`${index}`, text)));
  await run;
  assert.equal(store.most, 3);
  assert.equal(sender.sent, 190);
  assert.equal(sender.left, 0);
  for (const [index, text] of texts.entries()) assert.equal(await store.files[index].text(), text);
});

test("a large file goes in pieces", async () => {
  const store = new Store();
  const file = new Blob([new Uint8Array(2 * PIECE_BYTES + 5)]);
  await send(store, [{ path: "a", file, offset: 0 }]).run;
  assert.deepEqual(
    store.requests.map(([, offset, size]) => [offset, size]),
    [[0, PIECE_BYTES], [PIECE_BYTES, PIECE_BYTES], [2 * PIECE_BYTES, 5]],
  );
});

test("after the network was away it goes on from what the server has", async () => {
  const store = new Store([0, 0, 503]);
  const troubles = [];
  const { sender, pauses, run } = send(store, [part("a", "abcdefgh")], {
    onTrouble: (seconds) => troubles.push(seconds),
  });
  await run;
  assert.equal(await store.files.a.text(), "abcdefgh");
  assert.deepEqual(pauses, [1000, 2000, 4000]);
  assert.deepEqual(troubles, [1, 2, 4, 0]);
  // Only a question, without bytes, until the server answers again.
  assert.deepEqual(store.requests, [["a", 0, 8], ["a", 0, 0], ["a", 0, 0], ["a", 0, 0], ["a", 4, 4]]);
  assert.equal(sender.sent, 8);
});

test("a pause has an end", async () => {
  const { pauses, run } = send(new Store(Array(9).fill(502)), [part("a", "b")]);
  await run;
  assert.equal(Math.max(...pauses), 30_000);
});

test("what the server refuses ends it", async () => {
  const store = new Store([422]);
  const { sender, run } = send(store, Array.from({ length: 9 }, (_, at) => part(`${at}`, "text")));
  await assert.rejects(run, /status 422/);
  assert.ok(sender.stopped);
  assert.ok(store.requests.length < 9);
});

test("a file that is gone is no lost network", async () => {
  const file = {
    size: 5,
    slice: () => ({ size: 5, arrayBuffer: () => Promise.reject(new Error("NotReadable")) }),
  };
  const { run } = send(new Store([503]), [{ path: "a.png", file, offset: 0 }]);
  await assert.rejects(run, /a\.png was changed or moved/);
});

test("a stopped sender sends no more", async () => {
  const store = new Store([0]);
  const made = send(store, [part("a", "abc")], { pause: async () => made.sender.stop() });
  await assert.rejects(made.run, { name: "AbortError" });
  assert.equal(store.requests.length, 1);
});
