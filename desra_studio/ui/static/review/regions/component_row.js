// The row of the chosen component: what it is, what a verdict does, and what reviewers call it.

import { fillSelect, makeButton, makeSelect } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { KEYED_KINDS } from "./kinds.js";
import { UNLABELLED } from "./regions.js";

/** @import { Selection } from "./selection.js" */
/** @import { Attribution, Label, ReviewPage, VerdictFigures } from "#types/review" */

const SEVERITIES = ["0", "1", "2", "3", "4", "5"];
const MOST_LETTERS = 500; // of a note

/** @param {number | null} value */
const figure = (value) => (value === null ? "n/a" : value.toFixed(2));
/** @param {VerdictFigures} of */
const figures = ({ precision, recall }) =>
  `precision ${figure(precision)}, recall ${figure(recall)}.`;

export class ComponentRow {
  label = UNLABELLED;

  /**
   * @param {ReviewPage} page
   * @param {Selection} selection
   */
  constructor(page, selection) {
    this.line = make("div", { className: "line", role: "status" });
    this.effect = make("div", { className: "effect", role: "status" });
    this.kind = makeSelect(page, "Kind", [], () =>
      page.regions.label({ kind: this.kind.value || null }),
    );
    this.kind.title = `Kind (Shift+1 to ${KEYED_KINDS})`;
    this.severity = makeSelect(
      page,
      "Severity",
      [["", "–"], ...SEVERITIES.map((value) => [value, value])],
      () => page.regions.label({ severity: this.severity.value ? Number(this.severity.value) : null }),
    );
    this.severity.title = "Severity (keys 0 to 5)";
    this.note = this.#makeNote(page);
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
      make("label", {}, "Kind", this.kind),
      make("label", {}, "Severity", this.severity),
      make("label", {}, "Note", make("kbd", {}, "M"), this.note),
    ];
    this.showNone("");
    page.kinds.listen((kinds) => this.#listKinds(kinds));
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
      part(inMask, `In the mask: ${figures(effect.accepted)}`),
      " ",
      part(!inMask, `Left out: ${figures(effect.rejected)}`),
    );
  }

  /** @param {Label} label */
  showLabel(label) {
    this.label = label;
    this.kind.value = label.kind ?? "";
    this.severity.value = label.severity === null ? "" : String(label.severity);
    // A label that was sent is answered while the next note is written.
    if (document.activeElement !== this.note) this.note.value = label.note;
  }

  /**
   * Enter and Tab keep a note, Escape leaves it as it was.
   * @param {ReviewPage} page
   */
  #makeNote(page) {
    const note = make("input", { type: "text", className: "note", ariaLabel: "Note", maxLength: MOST_LETTERS });
    note.addEventListener("change", () => {
      if (note.value.trim() !== this.label.note) page.regions.label({ note: note.value.trim() });
    });
    note.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      if (event.key === "Escape") note.value = this.label.note;
      page.focus();
    });
    return note;
  }

  /**
   * Offer the kinds of the dataset, numbered as their keys are.
   * @param {string[]} kinds
   */
  #listKinds(kinds) {
    const numbered = kinds.map((kind, at) => [kind, at < KEYED_KINDS ? `${at + 1} ${kind}` : kind]);
    fillSelect(this.kind, [["", "–"], ...numbered]);
    this.showLabel(this.label);
  }

  /** @param {boolean} enabled */
  #enable(enabled) {
    const controls = [...this.verdicts, this.kind, this.severity, this.note];
    for (const control of controls) control.disabled = !enabled;
  }
}
