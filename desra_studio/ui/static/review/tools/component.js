// Component: a click takes the component there out of the mask, or puts it in again.

import { drawOutlines } from "../../viewer/outlines.js";
import { drawCross } from "./cross.js";

export class ComponentTool {
  id = "component";
  label = "Toggle components";
  key = "v";

  /** @param {() => object} selection of the page; see selection.js. */
  constructor(selection) {
    this.selection = selection;
  }

  press() {}

  move() {}

  /** The mask changes through the selection, which tells the page itself. */
  release(document, point) {
    if (point) this.selection().toggle(point);
    return false;
  }

  draw(context, view, pane, pointer) {
    const under = pointer && this.selection().peek(pointer);
    if (under) drawOutlines(context, [], under.region, view, pane);
    drawCross(context, view, pane, pointer);
  }
}
