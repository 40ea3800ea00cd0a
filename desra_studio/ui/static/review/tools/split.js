// Split: drag a line across components to cut them in two.

import { findCut } from "../../masks/split.js";
import { drawCross, drawLine } from "./cross.js";

export class SplitTool {
  id = "split";
  label = "Split";
  key = "shift+f";
  #start = null;
  #end = null;

  /** @param {(text: string) => void} say tells why nothing was cut. */
  constructor(say) {
    this.say = say;
  }

  press(document, point) {
    this.#start = this.#end = point;
  }

  move(document, point) {
    if (this.#start) this.#end = point;
  }

  release(document) {
    if (!this.#start) return false;
    const cut = findCut(document.mask, document, this.#start, this.#end);
    this.cancel();
    if (cut.length === 0) this.say("Nothing falls apart there: drag from side to side, all across.");
    return document.fillSpans(cut, 0);
  }

  cancel() {
    this.#start = this.#end = null;
  }

  keys(document, key) {
    if (key !== "escape" || !this.#start) return false;
    this.cancel();
    return true;
  }

  draw(context, view, pane, pointer) {
    if (this.#start) drawLine(context, view, pane, [this.#start, this.#end]);
    drawCross(context, view, pane, pointer);
  }
}
