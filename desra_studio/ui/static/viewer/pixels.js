// Reading single pixels of what can only be drawn.

/** @import { Colour, Drawing } from "#types/viewer" */

/** @type {OffscreenCanvasRenderingContext2D | null} */
let canvas = null;

/**
 * The [red, green, blue] that `draw(context)` leaves at the origin.
 * @param {(context: Drawing) => void} draw
 * @returns {Colour}
 */
export function readPixel(draw) {
  canvas ??= /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  );
  draw(canvas);
  return [...canvas.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}
