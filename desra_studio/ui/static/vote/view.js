// Where the panes look: one view for both, so that they move together. No DOM here.

/** Screen pixels per picture pixel: whole ones, so that no pixel is drawn wider than another. */
const SCALES = [1, 2, 3, 4, 6, 8, 12, 16];

/** The view a trial begins with: native pixels, the middle of the picture in the middle. */
export const beginView = ({ width, height }, scale = 1) => ({ scale, x: width / 2, y: height / 2 });

/** The next scale in a direction, or the same one at an end. */
export function stepScale(scale, direction) {
  const place = SCALES.indexOf(scale) + direction;
  return SCALES[Math.min(Math.max(place, 0), SCALES.length - 1)];
}

/**
 * Zoom so that what is under a point of the pane stays there.
 *
 * @param point in screen pixels from the middle of the pane.
 */
export function zoomView(view, direction, point = { x: 0, y: 0 }) {
  const scale = stepScale(view.scale, direction);
  const shift = 1 / view.scale - 1 / scale;
  return { scale, x: view.x + point.x * shift, y: view.y + point.y * shift };
}

/** Move by screen pixels. */
export const panView = (view, dx, dy) => ({
  ...view,
  x: view.x - dx / view.scale,
  y: view.y - dy / view.scale,
});

/**
 * Keep a view on its picture: in the middle where all of it fits in, else without a margin.
 *
 * @param picture its size in px.
 * @param pane its size in screen pixels.
 */
export function clampView(view, picture, pane) {
  const clamp = (place, length, shown) => {
    const half = shown / view.scale / 2;
    if (2 * half >= length) return length / 2;
    return Math.min(Math.max(place, half), length - half);
  };
  return {
    scale: view.scale,
    x: clamp(view.x, picture.width, pane.width),
    y: clamp(view.y, picture.height, pane.height),
  };
}

/** Where the picture's corner lies in a pane, in whole screen pixels. */
export const placePicture = (view, pane) => ({
  left: Math.round(pane.width / 2 - view.x * view.scale),
  top: Math.round(pane.height / 2 - view.y * view.scale),
});
