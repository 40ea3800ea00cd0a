// The dial: from keeping more detail to deleting more, by two weights of a contrast loss's preset.

import { make } from "../shared/dom.js";

/** @import { DialStop } from "#types/finetune" */
/** @typedef {Record<string, number | string | null>} Values settings by name */

const WEIGHTS = /** @type {const} */ (["inside_weight", "contrast_inside_weight"]);

/**
 * The place of the stop that has the weights of some settings; -1 where none has.
 * @param {DialStop[]} stops
 * @param {Values} values
 */
export const findStop = (stops, values) =>
  stops.findIndex((stop) => WEIGHTS.every((name) => stop[name] === values[name]));

/**
 * What a stop does, and what was measured of it.
 * @param {DialStop} stop
 */
export function tellStop({ inside_weight, contrast_inside_weight, removal, detail }) {
  const weights =
    `A px inside the masks counts as ${inside_weight} outside in L1, and as ` +
    `${contrast_inside_weight} in the contrast loss.`;
  if (removal === null || detail === null) return `${weights} Not measured.`;
  return (
    `About ${Math.round(100 * removal)} % gone, ${detail.toFixed(2)} of the detail kept: measured ` +
    `on 18 images of other sources with the bundled pair. ${weights}`
  );
}

export class Dial {
  /** @param {(stop: DialStop) => void} onMove */
  constructor(onMove) {
    /** @type {DialStop[]} */
    this.stops = [];
    this.slider = make("input", {
      type: "range",
      id: "finetune-dial",
      min: "0",
      step: "1",
      oninput: () => onMove(this.stops[Number(this.slider.value)]),
    });
    this.slider.setAttribute("aria-describedby", "finetune-dial-about");
    this.title = make("span", { className: "stop" });
    this.about = make("p", { id: "finetune-dial-about" });
    this.ends = [make("span"), make("span")];
    this.root = make(
      "div",
      { className: "dial", hidden: true },
      make("label", { htmlFor: "finetune-dial" }, "Detail or deletion"),
      this.title,
      this.slider,
      make("div", { className: "ends", ariaHidden: "true" }, ...this.ends),
      this.about,
    );
  }

  /**
   * Stand where some settings are; without a contrast loss the weights mean something else.
   * @param {DialStop[]} stops
   * @param {Values} values
   */
  show(stops, values) {
    this.stops = stops;
    this.slider.max = String(stops.length - 1);
    this.root.hidden = !(Number(values.contrast_weight) > 0);
    const at = findStop(stops, values);
    const stop = stops[at];
    this.root.dataset.custom = String(!stop);
    this.ends[0].textContent = stops[0].title;
    this.ends[1].textContent = stops[stops.length - 1].title;
    if (stop) this.slider.value = String(at);
    this.title.textContent = stop?.title ?? "Custom";
    this.slider.setAttribute("aria-valuetext", this.title.textContent);
    this.about.textContent = stop
      ? tellStop(stop)
      : `Inside weighs ${values.inside_weight ?? "?"} in L1 and ` +
        `${values.contrast_inside_weight ?? "?"} in the contrast loss: the dial has no such place. ` +
        "Move it to replace them.";
  }
}
