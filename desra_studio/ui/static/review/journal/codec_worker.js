// The worker of the journal: whole masks are packed and kept here, so that painting never waits.
// A message is { id, task, value }; the answer has its id, and `result` or `error`.

import { rebuildMask, WorkLog } from "./journal_log.js";
import { openStore } from "./journal_store.js";
import { encodeRuns, nameRuns } from "../../masks/runs.js";

// Of images with unsaved work, by key.
const logs = new Map();
// Without IndexedDB the drafts on the server go on.
const NO_STORE = { put: async () => {}, load: async () => null, drop: async () => {} };
const opening = openStore().catch(() => NO_STORE);

const tasks = {
  /** Whether this browser keeps a journal at all; what was asked for before is on its way there. */
  check: (store) => store !== NO_STORE,

  /** What is kept under a key, with its mask; null where nothing is. */
  async load(store, { key }) {
    const kept = await store.load(key);
    return kept && { work: kept.work, mask: rebuildMask(kept) };
  },

  /** Keep tiles that changed; `runs` is the mask that was saved, for the first of them. */
  record(store, { work, runs, tiles }) {
    if (!logs.has(work.key)) logs.set(work.key, new WorkLog(store, work, runs));
    return logs.get(work.key).record(work, tiles);
  },

  describe: (_store, { work }) => logs.get(work.key)?.describe(work),
  rebase: (_store, { work, tiles }) => logs.get(work.key)?.rebase(work, tiles),

  drop(store, { key }) {
    logs.delete(key);
    return store.drop(key);
  },

  /** The mask as the server takes it, { name, body }: as `nameRuns`, gzip-compressed runs. */
  async pack(_store, { key }) {
    if (!logs.has(key)) return null;
    const runs = encodeRuns(logs.get(key).mask);
    const stream = new Blob([runs]).stream().pipeThrough(new CompressionStream("gzip"));
    return { name: nameRuns(runs), body: await new Response(stream).arrayBuffer() };
  },
};

self.onmessage = async ({ data: { id, task, value } }) => {
  try {
    const result = (await tasks[task](await opening, value)) ?? null;
    self.postMessage({ id, result }, result?.mask ? [result.mask.buffer] : []);
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
