// Pixels made outside the page's thread, which strokes need: { id, job, value } in,
// { id, result } or { id, error } out.

import { enlargeBicubic } from "./bicubic.js";

/** @import { Size } from "#types/masks" */
/** @import { PixelJobs } from "#types/viewer" */

// A level that fits into a pane is small enough; above the largest, tiles are the way.
const SMALLEST = 512;
const LARGEST = 4096;
/**
 * @type {{
 *   [Job in keyof PixelJobs]: (
 *     value: PixelJobs[Job]["value"],
 *   ) => Promise<PixelJobs[Job]["result"]>
 * }}
 */
const JOBS = { decode, enlarge };

/**
 * @template {keyof PixelJobs} Job
 * @param {Job} job
 * @param {PixelJobs[Job]["value"]} value
 */
const run = (job, value) => JOBS[job](value);

addEventListener("message", async ({ data: { id, job, value } }) => {
  try {
    const result = await run(job, value);
    postMessage({ id, result }, { transfer: Array.isArray(result) ? result : [result] });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
});

/**
 * An image file without any colour conversion, and halved until it is small: ImageBitmaps.
 * @param {Blob} blob
 */
async function decode(blob) {
  /** @type {ImageBitmapOptions} */
  const whole = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const levels = [await createImageBitmap(blob, whole)];
  while (longest(levels[levels.length - 1]) > SMALLEST) {
    const last = levels[levels.length - 1];
    const half = new OffscreenCanvas(Math.ceil(last.width / 2), Math.ceil(last.height / 2));
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (half.getContext("2d"));
    context.imageSmoothingQuality = "high";
    context.drawImage(last, 0, 0, half.width, half.height);
    levels.push(half.transferToImageBitmap());
  }
  while (longest(levels[0]) > LARGEST) levels.shift()?.close();
  return levels;
}

/**
 * A tile of an enlarged image: see `enlargeBicubic`.
 * @param {PixelJobs["enlarge"]["value"]} value
 */
function enlarge({ source, size, factor, tile }) {
  const pixels = enlargeBicubic(source, size, factor, tile);
  return createImageBitmap(new ImageData(pixels, tile.x1 - tile.x0));
}

/** @param {Size} size */
const longest = ({ width, height }) => Math.max(width, height);
