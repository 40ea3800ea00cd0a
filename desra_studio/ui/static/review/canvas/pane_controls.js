// Keys and buttons for what the panes show: their number, blinking, opacity. Kept in this browser.

import { makeButton } from "../../shared/controls.js";
import { readUser } from "../../shared/user.js";
import { readLayout } from "./layouts.js";

/** @import { Action, Layout, ReviewPage } from "#types/review" */

// Below three flashes in a second, which can harm people.
const BLINK_MS = 400;
const STEP = 0.1;

export class PaneControls {
  #blinking = 0;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.button = makeButton(page, "Panes", "Y", () => page.panes.showNextLayout());
    this.slots = { bottom: [this.button] };
    /**
     * @param {string} id
     * @param {string} title
     * @param {string[]} keys
     * @param {Pick<Action, "run" | "hold">} rest
     * @returns {Action}
     */
    const view = (id, title, keys, rest) => ({ id, title, group: "View", keys, ...rest });
    this.actions = [
      view("panes", "One pane more; after four, one", ["y"], { run: () => page.panes.showNextLayout() }),
      view("plain", "Plain GAN-SR while held", ["g"], {
        hold: (held) => this.#showInstead(held ? "gan" : null),
      }),
      view("blink", "Blink GAN-SR and what it is compared with while held", ["x"], {
        hold: (held) => this.#blink(held),
      }),
      view("opacity-up", "Mask more opaque", ["o"], { run: () => this.#fade(STEP) }),
      view("opacity-down", "Mask less opaque", ["shift+o"], { run: () => this.#fade(-STEP) }),
    ];
  }

  /** The layout that was used last. */
  readLayout() {
    try {
      return readLayout(localStorage.getItem(this.#key));
    } catch {
      return readLayout(null); // where a browser forbids to remember
    }
  }

  start() {
    this.#label(this.page.panes.layout);
  }

  /**
   * Remember a layout that was chosen.
   * @param {Layout} layout
   */
  keepLayout(layout) {
    this.#label(layout);
    try {
      localStorage.setItem(this.#key, JSON.stringify(layout));
    } catch {
      // The panes are the first ones again next time.
    }
  }

  get #key() {
    return `studio.panes:${readUser()}`;
  }

  /** @param {Layout} layout */
  #label({ count }) {
    this.button.childNodes[0].textContent = count === 1 ? "1 pane" : `${count} panes`;
  }

  /** @param {string | null} id */
  #showInstead(id) {
    clearInterval(this.#blinking);
    this.#blinking = 0;
    this.page.panes.showInstead(id);
  }

  /**
   * Let GAN-SR and what it is compared with take turns, in place.
   * @param {boolean} held
   */
  #blink(held) {
    this.#showInstead(held ? "mse" : null);
    if (!held) return;
    this.#blinking = setInterval(() => {
      const { panes } = this.page;
      panes.showInstead(panes.instead === "mse" ? "gan" : "mse");
    }, BLINK_MS);
  }

  /** @param {number} step */
  #fade(step) {
    const { opacity, panes } = this.page;
    opacity.value = String(Number(opacity.value) + step);
    panes.invalidate();
  }
}
