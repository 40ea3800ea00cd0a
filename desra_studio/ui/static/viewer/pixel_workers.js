// Asks the workers that make pixels; see pixel_worker.js for their jobs.

/** @import { PixelJobs } from "#types/viewer" */

const WORKERS = 2;
/** @type {Worker[]} */
const workers = [];
/** @type {Map<number, { resolve(result: unknown): void, reject(error: Error): void }>} */
const waiting = new Map();
let asked = 0;

/**
 * Do a job in a worker: "decode" or "enlarge".
 * @template {keyof PixelJobs} Job
 * @param {Job} job
 * @param {PixelJobs[Job]["value"]} value
 * @returns {Promise<PixelJobs[Job]["result"]>}
 */
export function askWorker(job, value) {
  const worker = (workers[asked % WORKERS] ??= startWorker());
  const id = ++asked;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  worker.postMessage({ id, job, value });
  return answer;
}

function startWorker() {
  const worker = new Worker(new URL("./pixel_worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data: { id, result, error } }) => {
    const job = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) job?.resolve(result);
    else job?.reject(new Error(`The image cannot be shown: ${error}`));
  });
  return worker;
}
