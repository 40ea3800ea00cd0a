// The cursor of tools that have no size: a small cross, seen on any photograph.

import { toPane } from "../geometry.js";

const ARM = 6;

export function drawCross(context, view, pane, pointer) {
  if (!pointer) return;
  const { x, y } = toPane(view, pane, pointer);
  for (const [colour, width] of [["#000", 3], ["#fff", 1]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - ARM, y);
    context.lineTo(x + ARM, y);
    context.moveTo(x, y - ARM);
    context.lineTo(x, y + ARM);
    context.stroke();
  }
}
