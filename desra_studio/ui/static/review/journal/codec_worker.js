// The worker of the journal: whole masks are packed and kept here, so that painting never waits.
// A message is { id, task, value }; the answer has its id, and `result` or `error`.

import { rebuildMask, WorkLog } from "./journal_log.js";
import { openStore } from "./journal_store.js";
import { encodeRuns, nameRuns } from "../../masks/runs.js";

/** @import { CodecTasks, WorkStore } from "#types/review" */

/** @type {Map<string, WorkLog>} Of images with unsaved work, by key. */
const logs = new Map();
// Without IndexedDB the drafts on the server go on.
/** @type {WorkStore} */
const NO_STORE = { put: async () => {}, load: async () => null, drop: async () => {} };
/** @type {Promise<WorkStore>} */
const opening = openStore().catch(() => NO_STORE);

/**
 * @type {{
 *   [Task in keyof CodecTasks]: (
 *     store: WorkStore,
 *     value: CodecTasks[Task]["value"],
 *   ) => CodecTasks[Task]["result"] | Promise<CodecTasks[Task]["result"]>
 * }}
 */
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
    const log = logs.get(work.key) ?? new WorkLog(store, work, runs);
    logs.set(work.key, log);
    return log.record(work, tiles);
  },

  describe: (_store, { work }) => logs.get(work.key)?.describe(work),
  rebase: (_store, { work, tiles }) => logs.get(work.key)?.rebase(work, tiles),

  drop(store, { key }) {
    logs.delete(key);
    return store.drop(key);
  },

  /** The mask as the server takes it, { name, body }: as `nameRuns`, gzip-compressed runs. */
  async pack(_store, { key }) {
    const log = logs.get(key);
    if (!log) return null;
    const runs = encodeRuns(log.mask);
    const stream = new Blob([runs]).stream().pipeThrough(new CompressionStream("gzip"));
    return { name: nameRuns(runs), body: await new Response(stream).arrayBuffer() };
  },
};

/**
 * @template {keyof CodecTasks} Task
 * @param {Task} task
 * @param {CodecTasks[Task]["value"]} value
 */
const run = async (task, value) => tasks[task](await opening, value);

self.onmessage = async ({ data: { id, task, value } }) => {
  try {
    /** @type {unknown} */
    const result = (await run(task, value)) ?? null;
    self.postMessage({ id, result }, { transfer: listTransfer(result) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};

/**
 * A mask is handed over, not copied.
 * @param {unknown} result
 * @returns {Transferable[]}
 */
function listTransfer(result) {
  const mask = result instanceof Object && "mask" in result ? result.mask : null;
  return mask instanceof Uint8Array ? [mask.buffer] : [];
}
