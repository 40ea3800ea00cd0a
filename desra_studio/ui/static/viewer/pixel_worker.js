// Pixels made outside the page's thread, which strokes need: { id, job, value } in,
// { id, result } or { id, error } out.

import { enlargeBicubic } from "./bicubic.js";

// A level that fits into a pane is small enough; above the largest, tiles are the way.
const SMALLEST = 512;
const LARGEST = 4096;
const JOBS = { decode, enlarge };

addEventListener("message", async ({ data: { id, job, value } }) => {
  try {
    const result = await JOBS[job](value);
    postMessage({ id, result }, Array.isArray(result) ? result : [result]);
  } catch (error) {
    postMessage({ id, error: error.message });
  }
});

/** An image file without any colour conversion, and halved until it is small: ImageBitmaps. */
async function decode(blob) {
  const whole = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const levels = [await createImageBitmap(blob, whole)];
  while (longest(levels.at(-1)) > SMALLEST) {
    const last = levels.at(-1);
    const half = new OffscreenCanvas(Math.ceil(last.width / 2), Math.ceil(last.height / 2));
    const context = half.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(last, 0, 0, half.width, half.height);
    levels.push(half.transferToImageBitmap());
  }
  while (longest(levels[0]) > LARGEST) levels.shift().close();
  return levels;
}

/** A tile of an enlarged image: see `enlargeBicubic`. */
function enlarge({ source, size, factor, tile }) {
  const pixels = enlargeBicubic(source, size, factor, tile);
  return createImageBitmap(new ImageData(pixels, tile.x1 - tile.x0));
}

const longest = ({ width, height }) => Math.max(width, height);
