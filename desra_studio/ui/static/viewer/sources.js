// Decoded images by address, the last used ones kept: going back and on must not load again.

import { loadBlob, renditionUrl, tileUrl } from "../shared/api.js";
import { askWorker } from "./pixel_workers.js";
import { Pyramid } from "./pyramid.js";
import { LARGEST_WHOLE, Tiled } from "./tiled.js";

/** @import { Size } from "#types/masks" */
/** @import { Stored } from "#types/shared" */
/** @import { Rendition } from "#types/viewer" */

// Four samples of 4096x4096 px with all their levels; a browser's tab has a few GB.
const BUDGET_BYTES = 760 * 2 ** 20;
/** @type {ImageBitmapOptions} */
const AS_IT_IS = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
/** @type {Map<string, { source: Promise<{ bytes: number }>, bytes: number }>} By address. */
const kept = new Map();

/**
 * The image at an address; loaded once, however often it is asked for.
 * @template {{ bytes: number }} Source always the same for an address.
 * @param {string} url
 * @param {() => Promise<Source>} load
 */
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
  return /** @type {Promise<Source>} */ (entry.source);
}

/**
 * Fetch and decode an image with its smaller levels.
 * @param {string} url
 */
export const loadPyramid = (url) =>
  keepSource(url, async () => new Pyramid(await askWorker("decode", await loadBlob(url))));

/**
 * GAN-SR, MSE-SR, or what another model made of an image, of a size { width, height }.
 * @param {Stored} rendition
 * @param {Size} size
 * @returns {Promise<Rendition>}
 */
export function loadRendition(rendition, size) {
  if (Math.max(size.width, size.height) <= LARGEST_WHOLE) return loadPyramid(renditionUrl(rendition));
  const load = async (/** @type {string} */ key) =>
    createImageBitmap(await loadBlob(tileUrl(rendition, key)), AS_IT_IS);
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
