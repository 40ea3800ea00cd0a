// The tools of the canvas, which of them is chosen, and the size of the brush.
//
// A tool has an id, a label and a key; `press`, `move` and `release` (document, point, event) hear
// of the pointer, in image px, and `release` tells whether the mask changed. By choice it has
// `cancel(document)`, to drop what is not in the mask yet; `keys(document, key)`, which hears of
// every key before the page does and tells whether it took it; `wheel(document, point, event)`,
// which tells whether it used the wheel; and `draw(context, view, pane, pointer)` for what is seen
// before it is in the mask. A tool that pans has `pans`: true and nothing else; one whose cursor
// tells whether it adds or subtracts has `subtracts`: true.

import { makeIconButton, makeSlider } from "../controls.js";
import { make } from "../dom.js";
import { drawIcon } from "./icons.js";
import { shortenKey } from "./key_map.js";
import { BrushTool } from "./tools/brush.js";
import { drawCross } from "./tools/cross.js";
import { LassoTool } from "./tools/lasso.js";
import { PolygonTool } from "./tools/polygon.js";

const RADII = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
const PAN = { id: "pan", label: "Pan", key: " ", pans: true, draw: drawCross };

export class Toolbox {
  #radiusIndex = RADII.indexOf(8);
  #panHeld = false;
  #altHeld = false;

  constructor(page) {
    this.page = page;
    const radius = () => this.radius;
    const sign = () => (this.#altHeld ? "−" : "+");
    this.tools = [
      new BrushTool("brush", "Brush", "b", 1, radius),
      new BrushTool("eraser", "Eraser", "e", 0, radius),
      new PolygonTool(sign, () => page.afterEdit()),
      new LassoTool(sign),
      PAN,
    ];
    this.chosen = this.tools[0];
    this.buttons = this.tools.map(({ id, label, key }) => {
      const choose = () => this.choose(id);
      const button = makeIconButton(page, drawIcon(id), label, shortenKey(key), choose);
      button.dataset.tool = id;
      return button;
    });
    this.sizeText = make("output");
    this.size = makeSlider(page, "Brush size", { min: 0, max: RADII.length - 1, step: 1 }, () =>
      this.#resizeTo(Number(this.size.value)),
    );
    this.slots = {
      tools: this.buttons,
      bottom: [make("label", {}, "Size", this.size, this.sizeText)],
    };
    this.pointer = [
      ["Alt", "Subtract: brush, polygon, lasso, wand"],
      ["Wheel while pressed", "Tolerance of the wand"],
      ["Click, click, Enter", "Corners of a polygon; ⌫ takes one back"],
    ];
    this.actions = [
      ...this.tools
        .filter(({ key }) => key !== PAN.key)
        .map(({ id, label, key }) => ({
          id,
          title: label,
          group: "Tools",
          keys: [key],
          run: () => this.choose(id),
        })),
      { id: "smaller", title: "Smaller brush", group: "Tools", keys: ["["], run: () => this.#resize(-1) },
      { id: "larger", title: "Larger brush", group: "Tools", keys: ["]"], run: () => this.#resize(1) },
      {
        id: "pan",
        title: "Pan while held, as the middle button does",
        group: "View",
        keys: [" "],
        hold: (held) => this.#holdPan(held),
      },
    ];
  }

  /** Once the page is there. */
  start() {
    this.choose(this.chosen.id);
    this.#resizeTo(this.#radiusIndex);
    this.#watchAlt();
  }

  /** What was begun on the image before is dropped. */
  show(document) {
    this.chosen.cancel?.(document);
  }

  /** The tool that the pointer has now. */
  get current() {
    return this.#panHeld ? PAN : this.chosen;
  }

  /** Of the brush, in image px. */
  get radius() {
    return RADII[this.#radiusIndex];
  }

  choose(id) {
    if (id !== this.chosen.id) this.chosen.cancel?.(this.page.document);
    this.chosen = this.tools.find((tool) => tool.id === id);
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === id));
    }
    this.page.root.dataset.tool = id;
    this.page.panes.invalidate();
  }

  /** Offer a key to the tool; tells whether it took it. */
  takeKey(key) {
    const taken = this.current.keys?.(this.page.document, key) ?? false;
    if (taken) this.page.panes.invalidate();
    return taken;
  }

  #holdPan(held) {
    this.#panHeld = held;
    this.page.panes.invalidate();
  }

  /** The cursor tells what a press would do. Alone, Alt would open the browser's menu. */
  #watchAlt() {
    const { root, panes } = this.page;
    const set = (held) => {
      this.#altHeld = held;
      panes.invalidate();
    };
    for (const type of ["keydown", "keyup"]) {
      root.addEventListener(type, (event) => {
        if (event.key !== "Alt" || !this.current.subtracts) return;
        event.preventDefault();
        set(type === "keydown");
      });
    }
    window.addEventListener("blur", () => set(false));
  }

  #resize(step) {
    this.#resizeTo(Math.min(RADII.length - 1, Math.max(0, this.#radiusIndex + step)));
  }

  #resizeTo(index) {
    this.#radiusIndex = index;
    this.size.value = index;
    this.sizeText.textContent = `${2 * this.radius} px`;
    this.page.panes.invalidate();
  }
}
