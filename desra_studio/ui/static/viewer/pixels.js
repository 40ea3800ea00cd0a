// Reading single pixels of what can only be drawn.

let canvas = null;

/** The [red, green, blue] that `draw(context)` leaves at the origin. */
export function readPixel(draw) {
  canvas ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  draw(canvas);
  return [...canvas.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}
