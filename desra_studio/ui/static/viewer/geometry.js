// Pure geometry: the view shared by all panes. No DOM here.

/** @import { Box, Point, Size } from "#types/masks" */
/** @import { View } from "#types/viewer" */

export const MAX_SCALE = 64;

/**
 * The view that shows a whole image in a pane, never enlarging it above `limit`.
 * @param {Size} image
 * @param {Size} pane
 * @returns {View}
 */
export function fitView(image, pane, limit = 8) {
  const scale = Math.min(pane.width / image.width, pane.height / image.height, limit);
  return { x: image.width / 2, y: image.height / 2, scale };
}

/**
 * Image coordinates of a point in the pane.
 * @param {View} view
 * @param {Size} pane
 * @param {Point} point
 */
export function toImage(view, pane, point) {
  return {
    x: view.x + (point.x - pane.width / 2) / view.scale,
    y: view.y + (point.y - pane.height / 2) / view.scale,
  };
}

/**
 * Pane coordinates of a point in the image.
 * @param {View} view
 * @param {Size} pane
 * @param {Point} point
 */
export function toPane(view, pane, point) {
  return {
    x: (point.x - view.x) * view.scale + pane.width / 2,
    y: (point.y - view.y) * view.scale + pane.height / 2,
  };
}

/**
 * Zoom by a factor so that the image point under `point` stays there.
 * @param {View} view
 * @param {Size} pane
 * @param {Point} point
 * @param {number} factor
 * @param {Size} image
 */
export function zoomAt(view, pane, point, factor, image) {
  const smallest = Math.min(1, fitView(image, pane).scale / 4);
  const scale = Math.min(MAX_SCALE, Math.max(smallest, view.scale * factor));
  return zoomTo(view, pane, point, scale, image);
}

/**
 * Zoom to a scale so that the image point under `point` stays there.
 * @param {View} view
 * @param {Size} pane
 * @param {Point} point
 * @param {number} scale
 * @param {Size} image
 */
export function zoomTo(view, pane, point, scale, image) {
  const fixed = toImage(view, pane, point);
  return keepInside(
    {
      x: fixed.x - (point.x - pane.width / 2) / scale,
      y: fixed.y - (point.y - pane.height / 2) / scale,
      scale,
    },
    image,
  );
}

/**
 * Move the view by a distance in screen px.
 * @param {View} view
 * @param {number} dx
 * @param {number} dy
 * @param {Size} image
 */
export function panBy(view, dx, dy, image) {
  return keepInside({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale }, image);
}

/**
 * Keep the pane's centre over the image, so that the image cannot be lost.
 * @param {View} view
 * @param {Size} image
 */
export function keepInside(view, image) {
  return {
    ...view,
    x: Math.min(image.width, Math.max(0, view.x)),
    y: Math.min(image.height, Math.max(0, view.y)),
  };
}

/**
 * Keep a view on its image: in the middle where all of it fits in, else without a margin.
 * @param {View} view
 * @param {Size} image
 * @param {Size} pane
 */
export function keepFilled({ x, y, scale }, image, pane) {
  /** @type {(centre: number, length: number, seen: number) => number} */
  const place = (centre, length, seen) =>
    seen >= length ? length / 2 : Math.min(length - seen / 2, Math.max(seen / 2, centre));
  return {
    x: place(x, image.width, pane.width / scale),
    y: place(y, image.height, pane.height / scale),
    scale,
  };
}

/**
 * The view that shows a box, as near to the present one as can be: it is zoomed only where the box
 * would be tiny or fill the pane, then to a third of it, and panned no further than needed.
 * @param {View} view
 * @param {Size} pane
 * @param {Box} box
 * @param {Size} image
 */
export function revealBox(view, pane, [x, y, width, height], image) {
  const fill = Math.max((width * view.scale) / pane.width, (height * view.scale) / pane.height);
  const fitted = Math.min(view.scale, fitView(image, pane).scale);
  const largest = Math.max(view.scale, 8);
  const fits = fill >= 1 / 6 && fill <= 2 / 3;
  const scale = fits ? view.scale : Math.min(largest, Math.max(fitted, view.scale / fill / 3));
  /** @type {(at: number, start: number, size: number, paneSize: number) => number} */
  const shift = (at, start, size, paneSize) => {
    const half = (0.46 * paneSize) / scale;
    if (size > 2 * half) return start + size / 2;
    return Math.min(start + half, Math.max(start + size - half, at));
  };
  return {
    x: shift(view.x, x, width, pane.width),
    y: shift(view.y, y, height, pane.height),
    scale,
  };
}

/** How many times as large as a box what is seen around it is, where it is framed. */
const CONTEXT = 2;
const LARGEST_FRAMED = 8;

/**
 * The view that shows a box with some context around it.
 *
 * Above 1:1 the scale is a whole number, so that all pixels are equally large. Near the image's
 * border the box moves out of the middle rather than that nothing is shown beside it.
 * @param {{ x: number, y: number, w: number, h: number }} box in px of the image.
 * @param {Size} pane
 * @param {Size} image
 */
export function frameBox({ x, y, w, h }, pane, image) {
  const wanted = Math.min(pane.width / (w * CONTEXT), pane.height / (h * CONTEXT));
  /** @param {number} scale */
  const makeWhole = (scale) => Math.min(LARGEST_FRAMED, scale > 1 ? Math.floor(scale) : scale);
  const scale = Math.max(makeWhole(fitView(image, pane).scale), makeWhole(wanted));
  return keepFilled({ x: x + w / 2, y: y + h / 2, scale }, image, pane);
}
