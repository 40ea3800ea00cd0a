// The row of the chosen component: what it is, what a verdict does, and what reviewers call it.

import { makeButton, makeSelect } from "../controls.js";
import { make } from "../dom.js";

// As the server's services/regions.py has them.
const KINDS = [
  "hallucinated texture",
  "repeated pattern",
  "over-sharp line",
  "wrong texture",
  "colour shift",
  "blotch",
  "other",
];
const SEVERITIES = ["0", "1", "2", "3", "4", "5"];

const figure = (value) => (value === null ? "n/a" : value.toFixed(2));
const figures = ({ precision, recall }) =>
  `precision ${figure(precision)}, recall ${figure(recall)}.`;

export class ComponentRow {
  constructor(page, selection) {
    this.line = make("div", { className: "line", role: "status" });
    this.effect = make("div", { className: "effect", role: "status" });
    this.kind = makeSelect(page, "Kind", [["", "–"], ...KINDS.map((kind) => [kind, kind])], () =>
      selection.label({ kind: this.kind.value || null }),
    );
    this.severity = makeSelect(
      page,
      "Severity",
      [["", "–"], ...SEVERITIES.map((value) => [value, value])],
      () => selection.label({ severity: this.severity.value ? Number(this.severity.value) : null }),
    );
    this.severity.title = "Severity (keys 0 to 5)";
    this.verdicts = [
      makeButton(page, "Reject", "Del", () => selection.fill(0), {
        title: "Take this component out of the mask (Delete)",
      }),
      makeButton(page, "Keep", "K", () => selection.fill(1), {
        title: "Put this component into the mask (K)",
      }),
    ];
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
    ];
    this.showNone("");
  }

  /** Nothing is chosen; `advice` says what could be. */
  showNone(advice) {
    this.line.textContent = advice;
    this.effect.textContent = "";
    this.showLabel({ kind: null, severity: null });
    this.#enable(false);
  }

  show(text) {
    this.line.textContent = text;
    this.#enable(true);
  }

  /** Show figures of the set for both verdicts, the one in force emphasized; or a text instead. */
  showEffect(effect, inMask) {
    if (typeof effect === "string") return this.effect.replaceChildren(effect);
    const part = (now, text) => make(now ? "strong" : "span", {}, text);
    this.effect.replaceChildren(
      part(inMask, `In the mask: ${figures(effect.accepted)}`),
      " ",
      part(!inMask, `Left out: ${figures(effect.rejected)}`),
    );
  }

  showLabel({ kind, severity }) {
    this.kind.value = kind ?? "";
    this.severity.value = severity === null ? "" : String(severity);
  }

  #enable(enabled) {
    for (const control of [...this.verdicts, this.kind, this.severity]) control.disabled = !enabled;
  }
}
