// Which fine-tuning the page is about, and what is said of one without a proof. No DOM here.

/** @import { ProofRun } from "#types/proof" */

/**
 * The run that an address asks for, else the newest with a proof, else the newest.
 * @param {ProofRun[]} runs newest first.
 * @param {{ run: string | null, dataset: string | null }} asked as the address has it.
 * @returns {ProofRun | null} null where there is none.
 */
export function pickRun(runs, { run, dataset }) {
  if (run !== null) return runs.find(({ id }) => String(id) === run) ?? null;
  const own = dataset === null ? runs : runs.filter((each) => String(each.dataset_id) === dataset);
  return own.find(({ proven }) => proven) ?? own[0] ?? null;
}

/**
 * A run as a menu names it.
 * @param {ProofRun} run
 */
export function titleRun({ id, model, dataset, proven }) {
  return [`Run ${id}`, proven ? "" : "no proof", dataset, model].filter(Boolean).join(" · ");
}

/**
 * Why a run has no proof and what to do: { text, action }.
 *
 * The action is "prove", "watch" or "fine-tune".
 * @param {ProofRun} run
 */
export function explainMissing({ id, status, note, message, proving }) {
  if (proving) return { text: `Proving run ${id}: ${proving.message || "waiting"}`, action: null };
  if (status === "done") {
    const why = note ? `. ${note}` : ", but nothing is proven yet.";
    return { text: `Run ${id} made a model${why}`, action: "prove" };
  }
  if (status === "queued" || status === "running") {
    const now = message || "waiting";
    return { text: `Run ${id} is not done: ${now}. Its proof is made at its end.`, action: "watch" };
  }
  return { text: `Run ${id} ended without a model. ${message}`.trim(), action: "fine-tune" };
}

/**
 * Whether the answer may change by itself soon.
 * @param {ProofRun} run
 */
export const isActive = ({ status, proving }) =>
  Boolean(proving) || status === "queued" || status === "running";
