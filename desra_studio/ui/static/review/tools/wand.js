// Wand: marks what hangs together around a px where D is no higher than there plus a tolerance,
// which the wheel, [ and ] change while the button is down. With Alt it unmarks.

import { Growth, UNKNOWN } from "../../masks/wand.js";
import { drawCross } from "./cross.js";

// Of the wheel, in px: one notch of a mouse, or as far as a touch pad has to go.
const NOTCH = 90;
const LINE = 33;

export class WandTool {
  id = "wand";
  label = "Wand";
  key = "w";
  subtracts = true;
  setting = "tolerance";
  #growth = null;
  #shown = 0;
  #value = 1;
  #turned = 0;

  /**
   * @param {object} host `sign()` is what the next press does, "+" or "−"; `tolerance()` of D;
   *   `step(offset)` changes it; `map(document)` is the artifact map, or null where it has to be
   *   awaited or is not there, which it says itself; `say(text)`.
   */
  constructor(host) {
    this.host = host;
  }

  press(document, point, event) {
    const { width, height } = document;
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const map = this.host.map(document);
    if (!map) return;
    const seed = y * width + x;
    if (map[seed] === UNKNOWN) return this.host.say("D is 1 or not known here: nothing to grow.");
    this.#value = event.altKey ? 0 : 1;
    this.#growth = new Growth(map, document, seed);
    this.#shown = 0;
    this.#turned = 0;
    document.beginStroke();
    this.#show(document);
  }

  move() {}

  /** Turn up for more. */
  wheel(document, point, event) {
    if (!this.#growth) return false;
    this.#turned -= event.deltaMode ? event.deltaY * LINE : event.deltaY;
    const steps = Math.trunc(this.#turned / NOTCH);
    this.#turned -= steps * NOTCH;
    if (steps) this.#step(document, steps);
    return true;
  }

  release(document) {
    if (!this.#growth) return false;
    this.#growth = null;
    return document.endStroke();
  }

  cancel(document) {
    if (this.#growth) document.cancelStroke();
    this.#growth = null;
  }

  keys(document, key) {
    if (!this.#growth) return false;
    if (key === "escape") this.cancel(document);
    else if (key === "]") this.#step(document, 1);
    else if (key === "[") this.#step(document, -1);
    else return false;
    return true;
  }

  draw(context, view, pane, pointer) {
    drawCross(context, view, pane, pointer, this.#growth ? (this.#value ? "+" : "−") : this.host.sign());
  }

  #step(document, offset) {
    this.host.step(offset);
    this.#show(document);
  }

  /** Bring the mask to the tolerance in force. */
  #show(document) {
    const growth = this.#growth;
    const level = growth.base + Math.round(255 * this.host.tolerance());
    const count = growth.reach(level);
    const before = this.#shown;
    if (count > before) document.strokePixels(growth.list(before, count), this.#value);
    if (count < before) document.strokePixels(growth.list(count, before), null);
    this.#shown = count;
  }
}
