// Where the panes look to show a component. No DOM here.

import { fitView } from "../viewer/geometry.js";

/** How many times as large as the component what is seen around it is. */
const CONTEXT = 2;
const LARGEST = 8;

/**
 * The view that shows a box with some context around it.
 *
 * Above 1:1 the scale is a whole number, so that all pixels are equally large. Near the image's
 * border the box moves out of the middle rather than that nothing is shown beside it.
 * @param {{ width, height }} box with its `x` and `y`, in px of the image.
 */
export function frameBox({ x, y, w, h }, pane, image) {
  const wanted = Math.min(pane.width / (w * CONTEXT), pane.height / (h * CONTEXT));
  const makeWhole = (scale) => Math.min(LARGEST, scale > 1 ? Math.floor(scale) : scale);
  const scale = Math.max(makeWhole(fitView(image, pane).scale), makeWhole(wanted));
  const place = (centre, seen, length) => {
    if (seen >= length) return length / 2;
    return Math.min(length - seen / 2, Math.max(seen / 2, centre));
  };
  return {
    x: place(x + w / 2, pane.width / scale, image.width),
    y: place(y + h / 2, pane.height / scale, image.height),
    scale,
  };
}
