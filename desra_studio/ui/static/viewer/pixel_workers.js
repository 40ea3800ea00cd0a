// Asks the workers that make pixels; see pixel_worker.js for their jobs.

const WORKERS = 2;
const workers = [];
const waiting = new Map();
let asked = 0;

/** Do a job in a worker: "decode" or "enlarge". */
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
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`The image cannot be shown: ${error}`));
  });
  return worker;
}
