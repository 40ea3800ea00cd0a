// Component: a click takes the component there out of the mask, or puts it in again.

import { drawOutlines } from "../../viewer/outlines.js";
import { drawCross } from "./cross.js";

/** @import { Selection } from "../regions/selection.js" */
/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { View } from "#types/review" */

export class ComponentTool {
  id = "component";
  label = "Toggle components";
  key = "v";

  /** @param {() => Selection} selection of the page. */
  constructor(selection) {
    this.selection = selection;
  }

  press() {}

  move() {}

  /**
   * The mask changes through the selection, which tells the page itself.
   * @param {ReviewDocument} _document
   * @param {Point | null} point
   */
  release(_document, point) {
    if (point) this.selection().toggle(point);
    return false;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   * @param {Point | null} pointer
   */
  draw(context, view, pane, pointer) {
    const under = pointer && this.selection().peek(pointer);
    if (under) drawOutlines(context, [], under.region, view, pane);
    drawCross(context, view, pane, pointer);
  }
}
