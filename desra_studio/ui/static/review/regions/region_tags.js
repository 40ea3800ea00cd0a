// What was said about a component, written beside it.

import { tellDirection } from "../../masks/components.js";
import { toPane } from "../../viewer/geometry.js";
import { TAG } from "../../viewer/outlines.js";
import { describeLabel } from "./label_fields.js";

/** @import { DetectedRegion, Size } from "#types/masks" */
/** @import { Label, RegionLabel, View } from "#types/review" */

const LONGEST = 36;

/** @param {Label} label */
function shorten(label) {
  const text = describeLabel(label);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/**
 * Draw a label at the upper edge of its region's box, or over its own point without one.
 * @param {CanvasRenderingContext2D} context
 * @param {RegionLabel} label
 * @param {DetectedRegion | null} region
 * @param {View} view
 * @param {Size} pane
 */
export function drawTag(context, label, region, view, pane) {
  const text = shorten(label);
  if (!text) return;
  const [x, y] = region?.box ?? [label.x, label.y];
  const at = toPane(view, pane, { x, y });
  // After the letter of the box, which stands in its corner.
  const letter = region && tellDirection(region) !== "unknown" ? TAG : 0;
  const edge = Math.floor(at.y) - 1.5;
  const top = edge >= TAG ? edge - TAG : edge;
  if (at.x > pane.width || at.y > pane.height || at.y < -TAG) return;
  context.save();
  context.font = "10px ui-sans-serif, system-ui, sans-serif";
  context.textBaseline = "middle";
  const width = context.measureText(text).width + 8;
  // All of it, even at the right rim.
  const left = Math.max(0, Math.min(Math.max(0, Math.floor(at.x) - 2) + letter, pane.width - width));
  context.fillStyle = "rgb(0 0 0 / 80%)";
  context.fillRect(left, top, width, TAG);
  context.fillStyle = "#fff";
  context.fillText(text, left + 4, top + TAG / 2 + 0.5);
  context.restore();
}
