// A cursor that the arrow keys move, so that every tool works without a mouse: Space is its button.

import { makeIconButton } from "../../shared/controls.js";
import { toPane } from "../../viewer/geometry.js";
import { drawIcon } from "../tools/icons.js";

/** @import { Point } from "#types/masks" */
/** @import { ReviewPage } from "#types/review" */

// On the screen: how far one press of an arrow goes, and how near to the edge before the view follows.
const STRIDE = 8;
const MARGIN = 24;
/** @type {Record<string, [dx: number, dy: number]>} */
const ARROWS = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] };

export class KeyCursor {
  #isOn = false;
  #isDown = false;
  /** @type {Point | null} */
  #point = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    const label = "Cursor by arrow keys";
    this.button = makeIconButton(page, drawIcon("cursor"), label, "J", () => this.#toggle());
    this.button.setAttribute("aria-pressed", "false");
    this.action = {
      id: "cursor",
      title: "Arrow keys move the cursor, Space is its button",
      group: "Tools",
      keys: ["j"],
      run: () => this.#toggle(),
    };
  }

  start() {
    const { root } = this.page;
    root.addEventListener("keyup", (event) => event.key === " " && this.#release(event));
    window.addEventListener("blur", (event) => this.#release(event));
  }

  /**
   * Take the keys that belong to the cursor; tells whether this is one of them.
   * @param {string} key
   * @param {KeyboardEvent} event
   */
  takeKey(key, event) {
    if (!this.#isOn) return false;
    const direction = ARROWS[key.replace("shift+", "")];
    if (direction) this.#move(direction, event);
    else if (key === " ") this.#press(event);
    else return false;
    return true;
  }

  #toggle() {
    const { page } = this;
    this.#isOn = !this.#isOn;
    this.button.setAttribute("aria-pressed", String(this.#isOn));
    if (!this.#isOn) return page.say("The arrow keys pan again.");
    this.#move([0, 0], {});
    page.say("Arrow keys move the cursor, with Shift by 1 px. Space is its button, with Shift it subtracts.");
  }

  /**
   * Move from px to px, and let the view follow.
   * @param {[dx: number, dy: number]} direction
   * @param {Partial<KeyboardEvent>} event
   */
  #move([dx, dy], event) {
    const { document, panes } = this.page;
    if (!document) return;
    const { view, pane } = panes;
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(STRIDE / view.scale));
    const from = panes.pointer ?? this.#point ?? view;
    /**
     * @param {number} at
     * @param {number} length
     */
    const put = (at, length) => Math.min(length - 0.5, Math.max(0.5, Math.floor(at) + 0.5));
    this.#point = {
      x: put(from.x + dx * step, document.width),
      y: put(from.y + dy * step, document.height),
    };
    const { x, y } = toPane(view, pane, this.#point);
    /**
     * @param {number} at
     * @param {number} length
     */
    const follow = (at, length) => Math.max(MARGIN - at, 0) + Math.min(length - MARGIN - at, 0);
    panes.pan(follow(x, pane.width), follow(y, pane.height));
    panes.gestures.moveTo(this.#point, this.#describe(event));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { page } = this;
    if (event.repeat || this.#isDown || page.panes.gesture || page.locked) return;
    if (page.toolbox.current.pans) return;
    if (!page.panes.pointer) this.#move([0, 0], event);
    this.#isDown = true;
    page.panes.gestures.begin(this.#describe(event));
  }

  /** @param {KeyboardEvent | FocusEvent} event */
  #release(event) {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.page.panes.gestures.finish(this.#describe(event));
  }

  /**
   * A key as the event of a pointer: tools tell a double press by place and time.
   * @param {Partial<KeyboardEvent>} event
   */
  #describe({ shiftKey, timeStamp }) {
    const { panes } = this.page;
    const at = toPane(panes.view, panes.pane, panes.pointer ?? panes.view);
    return { pointerId: "keys", altKey: shiftKey === true, clientX: at.x, clientY: at.y, timeStamp };
  }
}
