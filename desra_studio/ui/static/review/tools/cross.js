// What tools draw over the panes: a cross as cursor, and lines, seen on any photograph.

import { toPane } from "../../viewer/geometry.js";

/** @import { Point, Size } from "#types/masks" */
/** @import { Sign, View } from "#types/review" */

const ARM = 6;
const DARK_BELOW_LIGHT = /** @type {const} */ ([["#000", 3], ["#fff", 1]]);

/**
 * The cursor of tools that have no size; with a sign, "+" or "−", where they add and subtract.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Size} pane
 * @param {Point | null} pointer
 * @param {Sign | ""} sign
 */
export function drawCross(context, view, pane, pointer, sign = "") {
  if (!pointer) return;
  const { x, y } = toPane(view, pane, pointer);
  strokeTwice(context, () => {
    context.moveTo(x - ARM, y);
    context.lineTo(x + ARM, y);
    context.moveTo(x, y - ARM);
    context.lineTo(x, y + ARM);
  });
  const [left, top] = [x + ARM + 2, y + ARM + 3];
  if (!sign) return;
  strokeTwice(context, () => {
    context.moveTo(left, top + 4);
    context.lineTo(left + 8, top + 4);
    if (sign !== "+") return;
    context.moveTo(left + 4, top);
    context.lineTo(left + 4, top + 8);
  });
}

/**
 * A line through points of the image.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Size} pane
 * @param {Point[]} points
 */
export function drawLine(context, view, pane, points) {
  strokeTwice(context, () => {
    for (const point of points) {
      const { x, y } = toPane(view, pane, point);
      context.lineTo(x, y);
    }
  });
}

/**
 * A small square around a point of the image, filled where it is what the next click takes.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Size} pane
 * @param {Point} point
 * @param {boolean} filled
 */
export function drawCorner(context, view, pane, point, filled) {
  const { x, y } = toPane(view, pane, point);
  const half = filled ? 4 : 2.5;
  strokeTwice(context, () => context.rect(x - half, y - half, 2 * half, 2 * half));
  context.fillStyle = "#fff";
  if (filled) context.fill();
}

/**
 * Stroke a path dark below light.
 * @param {CanvasRenderingContext2D} context
 * @param {() => void} trace
 */
export function strokeTwice(context, trace) {
  context.beginPath();
  trace();
  for (const [colour, width] of DARK_BELOW_LIGHT) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
