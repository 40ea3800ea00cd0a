// Decoded images by address, the last used ones kept: going back and on must not load again.

import { loadBlob, renditionUrl } from "../api.js";
import { Pyramid } from "./pyramid.js";

// Four samples of 4096x4096 px with all their levels; a browser's tab has a few GB.
const BUDGET_BYTES = 760 * 2 ** 20;
const WORKERS = 2;
const kept = new Map();

/** The image at an address; loaded once, however often it is asked for. */
export function keepSource(url, load) {
  const entry = kept.get(url) ?? { source: load(), bytes: 0 };
  kept.delete(url);
  kept.set(url, entry);
  entry.source.then(
    ({ bytes }) => {
      entry.bytes = bytes;
      dropOldest();
    },
    () => kept.get(url) === entry && kept.delete(url),
  );
  return entry.source;
}

/** Fetch and decode an image with its smaller levels. */
export const loadPyramid = (url) => keepSource(url, async () => new Pyramid(await decode(url)));

/** GAN-SR, MSE-SR, or what another model made of an image: { id, sha }. */
export const loadRendition = (rendition) => loadPyramid(renditionUrl(rendition));

function dropOldest() {
  let bytes = 0;
  for (const entry of kept.values()) bytes += entry.bytes;
  for (const [url, entry] of kept) {
    if (bytes <= BUDGET_BYTES) return;
    bytes -= entry.bytes;
    kept.delete(url);
  }
}

const workers = [];
const waiting = new Map();
let asked = 0;

/** The levels of an image as ImageBitmaps, made outside this thread: strokes must not wait. */
async function decode(url) {
  const blob = await loadBlob(url);
  const worker = (workers[asked % WORKERS] ??= startWorker());
  const id = ++asked;
  const levels = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  worker.postMessage({ id, blob });
  return levels;
}

function startWorker() {
  const worker = new Worker(new URL("./decode_worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data: { id, levels, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (levels) resolve(levels);
    else reject(new Error(`The image could not be read: ${error}`));
  });
  return worker;
}
