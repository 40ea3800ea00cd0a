// How the panes show what they show: the mask's colour, brightness, the gain of differences. None of it
// changes anything that is saved.

import { makeButton, makeSelect, makeSlider } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { attachPopover } from "../../shared/popover.js";
import { AS_IT_IS, describeAdjustment, isAdjusted, makeCurve } from "../../viewer/curve.js";
import {
  BY_KIND,
  keepMaskColour,
  MASK_COLOURS,
  pickKindColour,
  readMaskColour,
  writeColour,
} from "../../viewer/mask_colours.js";
import { Histogram } from "./histogram.js";
import { MaskInks } from "./mask_inks.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Action, ReviewPage } from "#types/review" */
/** @import { Adjustment } from "#types/viewer" */

const GAINS = [1, 2, 4, 8, 16, 32];
const CHOICES = [
  ...Object.entries(MASK_COLOURS).map(([id, { title }]) => [id, title]),
  [BY_KIND, "One per kind"],
];
const FACTORS = [0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 4];
const STOPS = Array.from({ length: 17 }, (_, at) => at / 2 - 4);
/** @type {{ name: keyof Adjustment, title: string, label: string, steps: number[], write: (value: number) => string }[]} */
const DIALS = [
  {
    name: "exposure",
    title: "Brightness",
    label: "Brightness of the view",
    steps: STOPS,
    write: (value) => (value ? `${describeAdjustment({ ...AS_IT_IS, exposure: value })}` : "0 EV"),
  },
  { name: "contrast", title: "Contrast", label: "Contrast of the view", steps: FACTORS, write: String },
  { name: "gamma", title: "Gamma", label: "Gamma of the view", steps: FACTORS, write: String },
];

/** Part of the page. */
export class Looks {
  gain = 4;
  /** @type {Adjustment} */
  adjustment = { ...AS_IT_IS };
  /** @type {Uint8ClampedArray | null} What values are shown as; null where they are as they are. */
  curve = null;
  colour = readMaskColour();

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.histogram = new Histogram(page);
    this.inks = new MaskInks(page);
    this.button = makeButton(page, "View", "I", () => {});
    this.button.classList.add("looks-button");
    this.colours = makeSelect(page, "Colour of the mask", CHOICES, () => this.#paint(this.colours.value));
    this.kinds = make("ul", { className: "kinds" });
    this.dials = DIALS.map(({ name, title, label, steps, write }) => {
      const output = make("output");
      const slider = makeSlider(page, label, { min: 0, max: steps.length - 1, step: 1 }, () =>
        this.#adjust({ [name]: steps[Number(slider.value)] }),
      );
      const show = () => {
        const value = this.adjustment[name];
        slider.value = String(steps.indexOf(value));
        output.textContent = write(value);
        slider.setAttribute("aria-valuetext", write(value));
      };
      return { element: make("label", {}, make("span", {}, title), slider, output), show };
    });
    this.gains = makeSelect(
      page,
      "Gain of difference views",
      GAINS.map((gain) => [String(gain), `× ${gain}`]),
      () => this.#amplify(Number(this.gains.value)),
    );
    this.gains.value = String(this.gain);
    this.reset = make("button", { onclick: () => this.#adjust(AS_IT_IS) }, "As it is", make("kbd", {}, "⇧I"));
    this.counts = make("input", { type: "checkbox", onchange: () => this.histogram.toggle() });
    this.panel = make(
      "div",
      { className: "popover looks", role: "dialog", ariaLabel: "View" },
      make("label", {}, make("span", {}, "Mask"), this.colours),
      this.kinds,
      ...this.dials.map(({ element }) => element),
      make("div", { className: "line" }, make("span", { className: "hint" }, "For looking only: nothing saved changes."), this.reset),
      make("label", {}, make("span", {}, "Difference"), this.gains),
      make("label", {}, this.counts, "Histogram", make("kbd", {}, "⇧H")),
    );
    this.slots = { bottom: [this.button, this.panel], corner: [this.histogram.element] };
    this.actions = this.#listActions();
  }

  /** Once the page is there. */
  start() {
    attachPopover(this.button, this.panel, "above", () => this.#listKinds());
    this.page.panes.followers.add(() => this.histogram.draw());
    this.#showAdjustment();
    this.#showColour();
  }

  /** @param {ReviewDocument} document */
  show(document) {
    this.inks.paint(document, this.colour);
  }

  /** The mask, or what is said of it, may be others. */
  refresh() {
    if (this.page.document) this.inks.paint(this.page.document, this.colour);
    this.counts.checked = this.histogram.isShown;
  }

  /** Whether masks show the kinds of what is in them. */
  get needsKinds() {
    return this.colour === BY_KIND;
  }

  /** @returns {Action[]} */
  #listActions() {
    /**
     * @param {string} id
     * @param {string} title
     * @param {string} key
     * @param {() => unknown} run
     * @param {string} [row]
     * @returns {Action}
     */
    const view = (id, title, key, run, row) => ({ id, title, group: "View", keys: [key], row, run });
    return [
      view("looks", "Mask colour, brightness, difference", "i", () => this.#open()),
      view("brighter", "Brighter view", "shift+e", () => this.#expose(1), "Brighter, darker view"),
      view("darker", "Darker view", "shift+d", () => this.#expose(-1), "Brighter, darker view"),
      view("as-it-is", "Undo brightness, contrast and gamma", "shift+i", () => this.#adjust(AS_IT_IS)),
      view("mask-colour", "Next colour of the mask", "shift+c", () => this.#takeNextColour()),
      view("histogram", "Histogram at the pointer", "shift+h", () => this.histogram.toggle()),
    ];
  }

  #open() {
    this.panel.showPopover();
    this.colours.focus();
  }

  /** @param {number} steps */
  #expose(steps) {
    const at = STOPS.indexOf(this.adjustment.exposure) + steps;
    const exposure = STOPS[Math.min(STOPS.length - 1, Math.max(0, at))];
    this.#adjust({ exposure });
  }

  /** @param {Partial<Adjustment>} change */
  #adjust(change) {
    this.adjustment = { ...this.adjustment, ...change };
    this.curve = isAdjusted(this.adjustment) ? makeCurve(this.adjustment) : null;
    this.#showAdjustment();
    this.page.panes.invalidate();
  }

  #showAdjustment() {
    for (const { show } of this.dials) show();
    const text = describeAdjustment(this.adjustment);
    this.reset.disabled = !text;
    this.button.classList.toggle("used", text !== "");
    const key = this.page.keyMap.describe("looks");
    this.button.title = `View${text && `, adjusted: ${text}`}${key && ` (${key})`}`;
  }

  /** @param {number} gain */
  #amplify(gain) {
    this.gain = gain;
    this.page.panes.invalidate();
  }

  #takeNextColour() {
    const at = CHOICES.findIndex(([id]) => id === this.colour);
    const [id, title] = CHOICES[(at + 1) % CHOICES.length];
    this.#paint(id);
    this.page.say(`Mask: ${title.toLowerCase()}.`);
  }

  /** @param {string} colour */
  #paint(colour) {
    this.colour = colour;
    keepMaskColour(colour);
    this.#showColour();
    this.#listKinds();
    if (this.page.document) this.inks.paint(this.page.document, colour);
    this.page.panes.invalidate();
    this.page.describe();
  }

  #showColour() {
    this.colours.value = this.colour;
  }

  /** Which kind has which colour. */
  #listKinds() {
    const names = this.needsKinds ? ["no kind", ...this.page.kinds.list] : [];
    const swatch = (/** @type {number} */ at) => {
      const made = make("span", { className: "swatch" });
      made.style.background = writeColour(pickKindColour(at - 1));
      return made;
    };
    this.kinds.replaceChildren(...names.map((name, at) => make("li", {}, swatch(at), name)));
    this.kinds.hidden = names.length === 0;
  }
}
