// The tools of the canvas, which of them is chosen, and the one setting that it has.

import { makeIconButton, makeSlider } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { ArtifactMaps } from "./artifact_maps.js";
import { drawIcon } from "./icons.js";
import { KeyCursor } from "../keys/key_cursor.js";
import { shortenKey } from "../../shared/key_map.js";
import { Setting } from "./setting.js";
import { BrushTool } from "./brush.js";
import { ComponentTool } from "./component.js";
import { drawCross } from "./cross.js";
import { LassoTool } from "./lasso.js";
import { PolygonTool } from "./polygon.js";
import { SplitTool } from "./split.js";
import { WandTool } from "./wand.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Action, ReviewPage, Sign, Tool } from "#types/review" */

const RADII = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
const TOLERANCES = Array.from({ length: 51 }, (_, index) => index / 50);
/** @type {Tool} */
const PAN = { id: "pan", label: "Pan", key: " ", pans: true, draw: drawCross };

export class Toolbox {
  settings = {
    size: new Setting("Size", "Brush size", RADII, 8, (radius) => `${2 * radius} px`),
    tolerance: new Setting("Tolerance", "Tolerance of the wand", TOLERANCES, 0.1, (value) =>
      value.toFixed(2),
    ),
  };
  maps = new ArtifactMaps();
  #panHeld = false;
  #altHeld = false;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.tools = this.#makeTools();
    this.chosen = this.tools[0];
    this.cursor = new KeyCursor(page);
    this.buttons = this.tools.map(({ id, label, key }) => {
      const choose = () => this.choose(id);
      const button = makeIconButton(page, drawIcon(id), label, shortenKey(key), choose);
      button.dataset.tool = id;
      return button;
    });
    this.settingName = make("span", { className: "setting" });
    this.settingText = make("output");
    this.slider = makeSlider(page, "", { min: 0, step: 1 }, () =>
      this.#set(Number(this.slider.value)),
    );
    this.slots = {
      tools: [...this.buttons, this.cursor.button],
      bottom: [make("label", {}, this.settingName, this.slider, this.settingText)],
    };
    /** @type {[gesture: string, does: string][]} */
    this.pointer = [
      ["Alt", "Subtract: brush, polygon, lasso, wand"],
      ["Wheel while pressed", "Tolerance of the wand"],
      ["Double click", "Close a polygon, as Enter does"],
      ["Pen", "Pressure scales the brush; its other end subtracts"],
    ];
    this.actions = this.#listActions();
  }

  /** Once the page is there. */
  start() {
    this.choose(this.chosen.id);
    this.#watchAlt();
    this.cursor.start();
  }

  /**
   * What was begun on the image before is dropped.
   * @param {ReviewDocument} document
   */
  show(document) {
    this.chosen.cancel?.(document);
    this.refresh();
    if (this.chosen.setting === "tolerance") this.#loadMap(document);
  }

  /** The wand is out of the way where it has no map to grow along. */
  refresh() {
    const wand = this.buttons.find(({ dataset }) => dataset.tool === "wand");
    if (wand) wand.hidden = this.page.document?.record.veiled ?? false;
  }

  /** The tool that the pointer has now. */
  get current() {
    return this.#panHeld ? PAN : this.chosen;
  }

  /** @param {string} id */
  choose(id) {
    const { page } = this;
    if (id !== this.chosen.id) this.chosen.cancel?.(page.document);
    this.chosen = this.tools.find((tool) => tool.id === id) ?? this.chosen;
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === id));
    }
    page.root.dataset.tool = id;
    if (this.chosen.setting === "tolerance" && page.document) this.#loadMap(page.document);
    this.#showSetting();
  }

  /**
   * Offer a key to the tool and to the cursor; tells whether one took it.
   * @param {string} key
   * @param {KeyboardEvent} event
   */
  takeKey(key, event) {
    const { page } = this;
    if (page.locked || !page.document) return false;
    if (!this.current.keys?.(page.document, key)) return this.cursor.takeKey(key, event);
    page.panes.invalidate();
    return true;
  }

  /** @returns {Tool[]} */
  #makeTools() {
    const { page, settings } = this;
    /** @returns {Sign} */
    const sign = () => (this.#altHeld ? "−" : "+");
    const radius = () => settings.size.value;
    const say = (/** @type {string} */ text) => page.say(text);
    return [
      new BrushTool("brush", "Brush", "b", 1, radius),
      new BrushTool("eraser", "Eraser", "e", 0, radius),
      new PolygonTool(sign, () => page.afterEdit()),
      new LassoTool(sign),
      new WandTool({
        sign,
        say,
        tolerance: () => settings.tolerance.value,
        step: (offset) => this.#set(settings.tolerance.index + offset),
        map: (document) => this.#readMap(document),
      }),
      new SplitTool(say),
      new ComponentTool(() => page.detector.selection),
      PAN,
    ];
  }

  /** @returns {Action[]} */
  #listActions() {
    const change = (/** @type {number} */ offset) => this.#set(this.#setting.index + offset);
    return [
      ...this.tools
        .filter((tool) => tool !== PAN)
        .map(({ id, label, key }) => ({
          id,
          title: label,
          group: "Tools",
          keys: [key],
          run: () => this.choose(id),
        })),
      this.cursor.action,
      {
        id: "smaller",
        title: "Smaller brush, or tolerance",
        group: "Tools",
        keys: ["["],
        run: () => change(-1),
      },
      {
        id: "larger",
        title: "Larger brush, or tolerance",
        group: "Tools",
        keys: ["]"],
        run: () => change(1),
      },
      {
        id: "pan",
        title: "Pan while held, as the middle button does",
        group: "View",
        keys: [" "],
        hold: (held) => this.#holdPan(held),
      },
    ];
  }

  /** @param {boolean} held */
  #holdPan(held) {
    this.#panHeld = held;
    this.page.panes.invalidate();
  }

  /**
   * The map for the wand; where it is not there yet, that is said.
   * @param {ReviewDocument} document
   */
  #readMap(document) {
    const map = this.maps.get(document);
    if (!map) this.#loadMap(document, "Loading the artifact map …");
    return map;
  }

  /** @param {ReviewDocument} document */
  async #loadMap(document, text = "") {
    const { page } = this;
    if (text) page.say(text);
    try {
      await this.maps.load(document);
      if (text && page.document === document) page.say("");
    } catch (error) {
      if (page.document === document) page.say(error.message, true);
    }
  }

  /** The cursor tells what a press would do. Alone, Alt would open the browser's menu. */
  #watchAlt() {
    const { root, panes } = this.page;
    const set = (/** @type {boolean} */ held) => {
      this.#altHeld = held;
      panes.invalidate();
    };
    for (const type of /** @type {const} */ (["keydown", "keyup"])) {
      root.addEventListener(type, (event) => {
        if (event.key !== "Alt" || !this.current.subtracts) return;
        event.preventDefault();
        set(type === "keydown");
      });
    }
    window.addEventListener("blur", () => set(false));
  }

  /** Of the chosen tool; tools without one leave the size in its place, out of use. */
  get #setting() {
    return this.settings[this.chosen.setting ?? "size"];
  }

  /** @param {number} index */
  #set(index) {
    this.#setting.index = index;
    this.#showSetting();
  }

  #showSetting() {
    const { name, label, steps, index, text } = this.#setting;
    this.settingName.textContent = name;
    Object.assign(this.slider, { ariaLabel: label, max: steps.length - 1, value: index });
    this.slider.disabled = !this.chosen.setting;
    this.slider.setAttribute("aria-valuetext", text);
    this.settingText.textContent = text;
    this.page.panes.invalidate();
  }
}
