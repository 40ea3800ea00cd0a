// The row of the detector's settings: sliders and selects that show settings and tell of new ones.

import { fillSelect, makeSelect, makeSlider } from "../../shared/controls.js";
import { groupDigits } from "../../masks/components.js";
import { AREAS, changeAreaUnit, findNearest, KERNELS, SHARES } from "./detector_settings.js";
import { make } from "../../shared/dom.js";

/** @import { Size } from "#types/masks" */
/** @import { DetectorSettings, ImageRecord, ReviewPage } from "#types/review" */

// Steps by keyboard that follow each other more quickly are one action.
const PAUSE_MS = 700;
const UNITS = [["px", "px"], ["%", "%"]];
const DIRECTIONS = [["both", "all"], ["busier", "GAN busier (B)"], ["smoother", "GAN smoother (S)"]];

/** @param {number} share */
const percent = (share) => `${Number((100 * share).toFixed(2))} %`;

const ALL_ONE = "all are 1";

/**
 * @typedef {{
 *   place: (settings: DetectorSettings) => number,
 *   text: (settings: DetectorSettings) => string,
 *   read: (value: number, settings: DetectorSettings) => Partial<DetectorSettings>,
 *   steps?: (settings: DetectorSettings) => number[],
 * }} Shown how a slider shows settings and what a place of it sets; `steps` are the values of its
 *   places, where they are none themselves.
 */

export class DetectorPanel {
  /** Px of the image. */
  imagePx = 0;
  /** @type {DetectorSettings | null} What is shown. */
  settings = null;

  #group = 0;
  #held = false;
  #last = { control: /** @type {Element | null} */ (null), time: 0 };

  /**
   * @param {ReviewPage} page
   * @param {(settings: DetectorSettings, group: number) => void} onChange hears of every step; a
   *   drag is a group.
   */
  constructor(page, onChange) {
    this.page = page;
    this.onChange = onChange;
    this.sliders = [
      this.#addSlider("Contrast threshold", { min: 0.3, max: 1, step: 0.01 }, {
        place: ({ contrast_threshold }) => contrast_threshold,
        text: ({ contrast_threshold }) => contrast_threshold.toFixed(2),
        read: (place) => ({ contrast_threshold: place }),
      }),
      this.#addSlider("Area threshold", {}, {
        steps: ({ area_share }) => (area_share === null ? AREAS : SHARES),
        place: ({ area_share, area_threshold }) => area_share ?? area_threshold,
        text: ({ area_share, area_threshold }) =>
          area_share === null ? `${groupDigits(area_threshold)} px` : percent(area_share),
        read: (value, { area_share }) =>
          area_share === null ? { area_threshold: value } : { area_share: value },
      }),
      this.#addSlider("Kernel", {}, {
        steps: () => KERNELS,
        place: ({ kernel_px }) => kernel_px,
        text: ({ kernel_px }) => `${kernel_px} px`,
        read: (value) => ({ kernel_px: value }),
      }),
      this.#addSlider("Dilations", { min: 0, max: 6, step: 1 }, {
        place: ({ dilations }) => dilations,
        text: ({ dilations }) => String(dilations),
        read: (place) => ({ dilations: place }),
      }),
    ];
    this.unit = makeSelect(page, "Unit of the area threshold", UNITS, () =>
      this.#tell(this.unit, (settings) => changeAreaUnit(settings, this.unit.value, this.imagePx)),
    );
    this.weights = makeSelect(page, "Weights", [], () =>
      this.#tell(this.weights, () => ({ class_weights: this.weights.value })),
    );
    this.direction = makeSelect(page, "Direction", DIRECTIONS, () =>
      this.#tell(this.direction, () => ({ direction: this.direction.value })),
    );
    const [contrast, area, kernel, dilations] = this.sliders.map(({ field }) => field);
    const field = (/** @type {string} */ name, /** @type {Element} */ select) =>
      make("label", { className: "field" }, make("span", {}, name), select);
    this.weightsField = field("Weights", this.weights);
    this.elements = [
      contrast,
      make("div", { className: "pair" }, area, this.unit),
      kernel,
      dilations,
      this.weightsField,
      field("Direction", this.direction),
    ];
  }

  /**
   * Offer weight sets by name.
   * @param {string[]} names
   */
  listWeights(names) {
    fillSelect(this.weights, names.map((name) => [name, name]));
    if (this.settings) this.show(this.settings);
  }

  /**
   * Say what the settings are about: the number of pixels, and whether classes are known.
   * @param {Size & { record: ImageRecord }} document
   */
  fitTo({ width, height, record }) {
    this.imagePx = width * height;
    const why = record.detection?.segmentation
      ? "Class weights"
      : "All class weights are 1: this image was detected without a segmentation network";
    this.weightsField.title = why;
    this.weights.title = why;
    this.weights.disabled = !record.detection?.segmentation;
  }

  /**
   * Show settings; values between the steps of a slider are told exactly.
   * @param {DetectorSettings} settings
   */
  show(settings) {
    this.settings = settings;
    for (const { input, output, steps, place, text } of this.sliders) {
      const list = steps?.(settings);
      if (list) Object.assign(input, { min: 0, max: list.length - 1, step: 1 });
      input.value = String(list ? findNearest(list, place(settings)) : place(settings));
      output.textContent = text(settings);
      input.setAttribute("aria-valuetext", text(settings));
    }
    this.unit.value = settings.area_share === null ? "px" : "%";
    this.direction.value = settings.direction;
    // Without classes the chosen set has no effect: the page must not name it as if it had.
    const name = this.weights.disabled ? ALL_ONE : settings.class_weights;
    if (![...this.weights.options].some(({ value }) => value === name)) {
      this.weights.append(make("option", { value: name }, name));
    }
    this.weights.value = name;
  }

  /** A number for an action of its own. */
  startGroup() {
    this.#last.control = null;
    return ++this.#group;
  }

  /**
   * @param {string} name
   * @param {{ min?: number, max?: number, step?: number }} properties
   * @param {Shown} shown
   */
  #addSlider(name, properties, { steps, place, text, read }) {
    // No <output>: a label would be its, not the slider's.
    const output = make("span", { className: "value" });
    const input = makeSlider(this.page, name, properties, () => {
      const value = Number(input.value);
      this.#tell(input, (settings) => read(steps?.(settings)[value] ?? value, settings));
    });
    input.addEventListener("pointerdown", () => {
      this.startGroup();
      this.#held = true;
    });
    for (const end of ["change", "pointerup", "pointercancel"]) {
      input.addEventListener(end, () => (this.#held = false));
    }
    const title = make("span", {}, name, output);
    return { input, output, steps, place, text, field: make("label", { className: "field" }, title, input) };
  }

  /**
   * @param {Element} control
   * @param {(settings: DetectorSettings) => Partial<DetectorSettings>} change
   */
  #tell(control, change) {
    const before = this.settings;
    if (!before) return;
    const now = performance.now();
    const goesOn = this.#last.control === control && now - this.#last.time < PAUSE_MS;
    if (!this.#held && !goesOn) this.startGroup();
    this.#last = { control, time: now };
    const settings = { ...before, ...change(before) };
    this.show(settings);
    this.onChange(settings, this.#group);
  }
}
