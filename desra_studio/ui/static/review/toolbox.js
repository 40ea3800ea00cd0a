// The tools of the canvas, which of them is chosen, and the size of the brush.
//
// A tool has an id, a label and a key; `press`, `move` and `release` (document, point, event) hear
// of the pointer, in image px, and `release` tells whether the mask changed. By choice it has
// `cancel(document)`, `wheel(document, point, event)`, which tells whether it used the wheel, and
// `draw(context, view, pane, pointer)` for what is seen before it is in the mask. A tool that pans
// has `pans`: true and nothing else.

import { makeButton, makeSlider } from "../controls.js";
import { make } from "../dom.js";
import { BrushTool } from "./tools/brush.js";
import { drawCross } from "./tools/cross.js";

const RADII = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
const PAN = { id: "pan", label: "Pan", key: "Space", pans: true, draw: drawCross };

export class Toolbox {
  #radiusIndex = RADII.indexOf(8);
  #panHeld = false;

  constructor(page) {
    this.page = page;
    const radius = () => this.radius;
    this.tools = [
      new BrushTool("brush", "Brush", "b", 1, radius),
      new BrushTool("eraser", "Eraser", "e", 0, radius),
      PAN,
    ];
    this.chosen = this.tools[0];
    this.buttons = this.tools.map((tool) => {
      const key = tool.key.length === 1 ? tool.key.toUpperCase() : tool.key;
      const button = makeButton(page, tool.label, key, () => this.choose(tool.id));
      button.dataset.tool = tool.id;
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
    this.actions = [
      ...this.tools
        .filter(({ key }) => key.length === 1)
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
    this.chosen = this.tools.find((tool) => tool.id === id);
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === id));
    }
    this.page.root.dataset.tool = id;
    this.page.panes.invalidate();
  }

  #holdPan(held) {
    this.#panHeld = held;
    this.page.panes.invalidate();
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
