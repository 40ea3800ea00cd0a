// Boxes around detected components, told apart by colour, letter and line.

import { tellDirection } from "../masks/components.js";
import { toPane } from "./geometry.js";
import { GREY, ORANGE, SKY } from "./mask_colours.js";

/** @import { Size } from "#types/masks" */
/** @import { Drawing, Outlined, View } from "#types/viewer" */

const LOOKS = {
  busier: { colour: ORANGE, letter: "B", dash: [] },
  smoother: { colour: SKY, letter: "S", dash: [] },
  unknown: { colour: GREY, letter: "", dash: [5, 4] },
};
// A low threshold finds thousands; boxes around the lesser ones would hide the image and cost time.
const MOST = 300;
/** Height and width of the letter at a box, in px. */
export const TAG = 13;

/**
 * Draw boxes around ranked regions, the chosen one on top and thicker.
 * @param {Drawing} context
 * @param {Outlined[]} ranked
 * @param {Outlined | null | undefined} chosen
 * @param {View} view
 * @param {Size} pane
 */
export function drawOutlines(context, ranked, chosen, view, pane) {
  context.save();
  context.font = "bold 10px ui-sans-serif, system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const region of ranked.slice(0, MOST)) {
    if (region !== chosen) drawBox(context, region, false, view, pane);
  }
  if (chosen) drawBox(context, chosen, true, view, pane);
  context.restore();
}

/**
 * @param {Drawing} context
 * @param {Outlined} region
 * @param {boolean} chosen
 * @param {View} view
 * @param {Size} pane
 */
function drawBox(context, region, chosen, view, pane) {
  const [x, y, width, height] = region.box;
  const start = toPane(view, pane, { x, y });
  const end = toPane(view, pane, { x: x + width, y: y + height });
  // Beside the component, not over its pixels; half px for lines that are sharp.
  const left = Math.floor(start.x) - 1.5;
  const top = Math.floor(start.y) - 1.5;
  const right = Math.ceil(end.x) + 1.5;
  const bottom = Math.ceil(end.y) + 1.5;
  if (right < 0 || bottom < 0 || left > pane.width || top > pane.height) return;
  const { colour, letter, dash } = LOOKS[tellDirection(region)];
  // Dark below, so that it shows on any photograph.
  for (const [stroke, line] of /** @type {[string, number][]} */ ([
    [chosen ? "#fff" : "rgb(0 0 0 / 70%)", chosen ? 4 : 3],
    [colour, chosen ? 2 : 1],
  ])) {
    context.strokeStyle = stroke;
    context.lineWidth = line;
    context.setLineDash(stroke === colour ? dash : []);
    context.strokeRect(left, top, right - left, bottom - top);
  }
  if (letter) drawTag(context, letter, colour, left, top);
}

/**
 * @param {Drawing} context
 * @param {string} letter
 * @param {string} colour
 * @param {number} left
 * @param {number} top
 */
function drawTag(context, letter, colour, left, top) {
  const y = top >= TAG ? top - TAG : top;
  const x = Math.max(0, left - 0.5);
  context.fillStyle = colour;
  context.fillRect(x, y, TAG, TAG);
  context.fillStyle = "#000";
  context.fillText(letter, x + TAG / 2, y + TAG / 2 + 0.5);
}
