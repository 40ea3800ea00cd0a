// Wand: marks what hangs together around a px where D is no higher than there plus a tolerance,
// which the wheel, [ and ] change while the button is down. With Alt it unmarks.

import { groupDigits } from "../../masks/components.js";
import { Growth, UNKNOWN } from "../../masks/wand.js";
import { drawCross } from "./cross.js";
import { subtracts } from "./pen.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { Press, Sign, View } from "#types/review" */

// Of the wheel, in px: one notch of a mouse, or as far as a touch pad has to go.
const NOTCH = 90;
const LINE = 33;

/**
 * @typedef {{
 *   sign: () => Sign,
 *   tolerance: () => number,
 *   step: (offset: number) => void,
 *   map: (document: ReviewDocument) => Uint8Array | null,
 *   say: (text: string) => void,
 * }} Host `sign` is what the next press does; `tolerance` is of D, and `step` changes it; `map` is
 *   the artifact map, null where it has to be awaited or is not there, which it says itself.
 */

export class WandTool {
  id = "wand";
  label = "Wand";
  key = "w";
  subtracts = true;
  setting = /** @type {const} */ ("tolerance");
  /** @type {Growth | null} */
  #growth = null;
  #shown = 0;
  /** @type {0 | 1} */
  #value = 1;
  #turned = 0;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
  }

  /**
   * @param {ReviewDocument} document
   * @param {Point} point
   * @param {Press} event
   */
  press(document, point, event) {
    const { width, height } = document;
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    if (x < 0 || y < 0 || x >= width || y >= height) {
      return this.host.say("The wand grows from a px in the image.");
    }
    const map = this.host.map(document);
    if (!map) return;
    const seed = y * width + x;
    if (map[seed] === UNKNOWN) return this.host.say("D is 1 or not known here: nothing to grow.");
    this.#value = subtracts(event) ? 0 : 1;
    const growth = new Growth(map, document, seed);
    this.#growth = growth;
    this.#shown = 0;
    this.#turned = 0;
    document.beginStroke();
    this.#show(document, growth);
  }

  move() {}

  /**
   * Turn up for more.
   * @param {ReviewDocument} document
   * @param {Point} _point
   * @param {WheelEvent} event
   */
  wheel(document, _point, event) {
    if (!this.#growth) return false;
    this.#turned -= event.deltaMode ? event.deltaY * LINE : event.deltaY;
    const steps = Math.trunc(this.#turned / NOTCH);
    this.#turned -= steps * NOTCH;
    if (steps) this.#step(document, this.#growth, steps);
    return true;
  }

  /** @param {ReviewDocument} document */
  release(document) {
    if (!this.#growth) return false;
    this.#growth = null;
    const changed = document.endStroke();
    if (!changed) this.host.say(this.#explain());
    return changed;
  }

  /** @param {ReviewDocument | null} document */
  cancel(document) {
    if (this.#growth) document?.cancelStroke();
    this.#growth = null;
  }

  /**
   * @param {ReviewDocument} document
   * @param {string} key
   */
  keys(document, key) {
    if (!this.#growth) return false;
    if (key === "escape") this.cancel(document);
    else if (key === "]") this.#step(document, this.#growth, 1);
    else if (key === "[") this.#step(document, this.#growth, -1);
    else return false;
    return true;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   * @param {Point | null} pointer
   */
  draw(context, view, pane, pointer) {
    drawCross(context, view, pane, pointer, this.#growth ? (this.#value ? "+" : "−") : this.host.sign());
  }

  /** Why nothing changed. */
  #explain() {
    const count = groupDigits(this.#shown);
    return this.#value
      ? `All ${count} px that hang together here are marked already; a higher tolerance reaches further.`
      : `None of the ${count} px that hang together here is marked; a higher tolerance reaches further.`;
  }

  /**
   * @param {ReviewDocument} document
   * @param {Growth} growth
   * @param {number} offset
   */
  #step(document, growth, offset) {
    this.host.step(offset);
    this.#show(document, growth);
  }

  /**
   * Bring the mask to the tolerance in force.
   * @param {ReviewDocument} document
   * @param {Growth} growth
   */
  #show(document, growth) {
    const level = growth.base + Math.round(255 * this.host.tolerance());
    const count = growth.reach(level);
    const before = this.#shown;
    if (count > before) document.strokePixels(growth.list(before, count), this.#value);
    if (count < before) document.strokePixels(growth.list(count, before), null);
    this.#shown = count;
  }
}
