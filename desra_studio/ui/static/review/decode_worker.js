// Decodes images outside the page's thread: { id, blob } in, { id, levels } or { id, error } out.

// A level that fits into a pane is small enough.
const SMALLEST = 512;

addEventListener("message", async ({ data: { id, blob } }) => {
  try {
    const levels = await decodeLevels(blob);
    postMessage({ id, levels }, levels);
  } catch (error) {
    postMessage({ id, error: error.message });
  }
});

/** The image without any colour conversion, and halved until it is small. */
async function decodeLevels(blob) {
  const whole = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const levels = [await createImageBitmap(blob, whole)];
  while (Math.max(levels.at(-1).width, levels.at(-1).height) > SMALLEST) {
    const last = levels.at(-1);
    const half = new OffscreenCanvas(Math.ceil(last.width / 2), Math.ceil(last.height / 2));
    const context = half.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(last, 0, 0, half.width, half.height);
    levels.push(half.transferToImageBitmap());
  }
  return levels;
}
