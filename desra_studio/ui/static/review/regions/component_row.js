// The row of the chosen component: what it is, what a verdict does, and what reviewers call it.

import { makeButton } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { FIELDS, UNLABELLED } from "./label_fields.js";

/** @import { Selection } from "./selection.js" */
/** @import { Attribution, Label, ReviewPage, VerdictFigures } from "#types/review" */

/** @param {number | null} value */
const figure = (value) => (value === null ? "n/a" : value.toFixed(2));
/** @param {VerdictFigures} of */
const figures = ({ precision, recall }) =>
  `precision ${figure(precision)}, recall ${figure(recall)}.`;

export class ComponentRow {
  /**
   * @param {ReviewPage} page
   * @param {Selection} selection
   */
  constructor(page, selection) {
    this.line = make("div", { className: "line", role: "status" });
    this.effect = make("div", { className: "effect", role: "status" });
    this.fields = FIELDS.map(({ name, build }) => ({ name, ...build(page) }));
    this.verdicts = [
      makeButton(page, "Reject", "Del", () => selection.fill(0), {
        title: "Take this component out of the mask (Delete)",
      }),
      makeButton(page, "Keep", "K", () => selection.fill(1), {
        title: "Put this component into the mask (K)",
      }),
    ];
    /**
     * @param {string} sign
     * @param {string} name
     * @param {string} key
     * @param {number} offset
     */
    const stepTo = (sign, name, key, offset) =>
      makeButton(page, sign, key, () => selection.step(offset), {
        title: `${name} (${key})`,
        ariaLabel: name,
      });
    this.elements = [
      stepTo("‹", "Component before", "⇧N", -1),
      stepTo("›", "Component after", "N", 1),
      make("div", { className: "about" }, this.line, this.effect),
      ...this.verdicts,
      ...this.fields.map(({ element }) => element),
    ];
    this.showNone("");
  }

  /**
   * Nothing is chosen; `advice` says what could be.
   * @param {string} advice
   */
  showNone(advice) {
    this.line.textContent = advice;
    this.effect.textContent = "";
    this.showLabel(UNLABELLED);
    this.#enable(false);
  }

  /** @param {string} text */
  show(text) {
    this.line.textContent = text;
    this.#enable(true);
  }

  /**
   * Show figures of the set for both verdicts, the one in force emphasized; or a text instead.
   * @param {Attribution | string} effect
   * @param {boolean} inMask
   */
  showEffect(effect, inMask) {
    if (typeof effect === "string") return this.effect.replaceChildren(effect);
    const part = (/** @type {boolean} */ now, /** @type {string} */ text) => make(now ? "strong" : "span", {}, text);
    this.effect.replaceChildren(
      part(inMask, `Detector over the set if kept: ${figures(effect.accepted)}`),
      " ",
      part(!inMask, `If rejected: ${figures(effect.rejected)}`),
    );
  }

  /** @param {Label} label */
  showLabel(label) {
    for (const field of this.fields) field.show(label);
  }

  /** @param {keyof Label} name */
  write(name) {
    const input = this.fields.find((field) => field.name === name)?.input;
    input?.focus();
    if (input instanceof HTMLInputElement) input.select();
  }

  /** @param {boolean} enabled */
  #enable(enabled) {
    const controls = [...this.verdicts, ...this.fields.map(({ input }) => input)];
    for (const control of controls) control.disabled = !enabled;
  }
}
