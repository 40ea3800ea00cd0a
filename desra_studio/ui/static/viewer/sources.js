// Decoded images by address, the last used ones kept: going back and on must not load again.

import { loadBlob, renditionUrl, tileUrl } from "../shared/api.js";
import { askWorker } from "./pixel_workers.js";
import { Pyramid } from "./pyramid.js";
import { LARGEST_WHOLE, Tiled } from "./tiled.js";

// Four samples of 4096x4096 px with all their levels; a browser's tab has a few GB.
const BUDGET_BYTES = 760 * 2 ** 20;
const AS_IT_IS = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
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
export const loadPyramid = (url) =>
  keepSource(url, async () => new Pyramid(await askWorker("decode", await loadBlob(url))));

/** GAN-SR, MSE-SR, or what another model made of an image, of a size { width, height }. */
export function loadRendition(rendition, size) {
  if (Math.max(size.width, size.height) <= LARGEST_WHOLE) return loadPyramid(renditionUrl(rendition));
  const load = async (key) => createImageBitmap(await loadBlob(tileUrl(rendition, key)), AS_IT_IS);
  return keepSource(tileUrl(rendition, ""), () => new Tiled(size, load).open());
}

function dropOldest() {
  let bytes = 0;
  for (const entry of kept.values()) bytes += entry.bytes;
  for (const [url, entry] of kept) {
    if (bytes <= BUDGET_BYTES) return;
    bytes -= entry.bytes;
    kept.delete(url);
  }
}
