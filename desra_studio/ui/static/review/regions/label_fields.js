// What reviewers say about a component: a field each, with its control, its keys and its words. One
// more is an entry of FIELDS, and its name in `Label` (types/review.d.ts).

import { fillSelect, makeSelect } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { KEYED_KINDS } from "./kinds.js";

/** @import { Action, Label, ReviewPage } from "#types/review" */

const SEVERITIES = ["0", "1", "2", "3", "4", "5"];
const MOST_LETTERS = 500; // of a note
const NONE = ["", "–"];

/**
 * A field in the row of the chosen component.
 * @typedef {{
 *   input: HTMLInputElement | HTMLSelectElement,
 *   element: HTMLElement,
 *   show: (label: Label) => void,
 * }} Control `element` is the input with its name; `show` shows what was said.
 */

/**
 * @typedef {{
 *   name: keyof Label,
 *   none: string | number | null,
 *   build: (page: ReviewPage) => Control,
 *   listActions: (page: ReviewPage) => Action[],
 * }} LabelField `none` is its value where nobody said anything.
 */

/**
 * @param {string} id
 * @param {string} title
 * @param {string} key
 * @param {() => unknown} run
 * @param {string} [row]
 * @returns {Action}
 */
const act = (id, title, key, run, row) => ({ id, title, row, group: "Components", keys: [key], run });

/** @type {LabelField} */
const KIND = {
  name: "kind",
  none: null,
  build(page) {
    const change = () => page.regions.label({ kind: input.value || null });
    const input = makeSelect(page, "Kind", [], change);
    input.title = `Kind (Shift+1 to ${KEYED_KINDS})`;
    let shown = "";
    page.kinds.listen((kinds) => {
      const numbered = kinds.map((kind, at) => [kind, at < KEYED_KINDS ? `${at + 1} ${kind}` : kind]);
      fillSelect(input, [NONE, ...numbered]);
      input.value = shown;
    });
    const show = (/** @type {Label} */ { kind }) => (input.value = shown = kind ?? "");
    return { input, element: make("label", {}, "Kind", input), show };
  },
  listActions: (page) =>
    Array.from({ length: KEYED_KINDS }, (_, at) => {
      const run = () => {
        const { list } = page.kinds;
        if (list[at]) return page.regions.label({ kind: list[at] });
        page.say(`This dataset has ${list.length} kinds of artifacts; the settings add more.`);
      };
      return act(`kind-${at + 1}`, `Kind ${at + 1}`, `shift+${at + 1}`, run, "Kind");
    }),
};

/** @type {LabelField} */
const SEVERITY = {
  name: "severity",
  none: null,
  build(page) {
    const change = () => page.regions.label({ severity: input.value ? Number(input.value) : null });
    const choices = [NONE, ...SEVERITIES.map((value) => [value, value])];
    const input = makeSelect(page, "Severity", choices, change);
    input.title = "Severity (keys 0 to 5)";
    const show = (/** @type {Label} */ { severity }) => (input.value = `${severity ?? ""}`);
    return { input, element: make("label", {}, "Severity", input), show };
  },
  listActions: (page) =>
    SEVERITIES.map((value) => {
      const run = () => page.regions.label({ severity: Number(value) });
      return act(`severity-${value}`, `Severity ${value}`, value, run, "Severity");
    }),
};

/** @type {LabelField} */
const NOTE = {
  name: "note",
  none: "",
  build(page) {
    const input = make("input", { type: "text", className: "note", ariaLabel: "Note", maxLength: MOST_LETTERS });
    let shown = "";
    input.addEventListener("change", () => {
      if (input.value.trim() !== shown) page.regions.label({ note: input.value.trim() });
    });
    // Enter and Tab keep a note, Escape leaves it as it was.
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      if (event.key === "Escape") input.value = shown;
      page.focus();
    });
    const show = (/** @type {Label} */ { note }) => {
      shown = note;
      // A label that was sent is answered while the next note is written.
      if (document.activeElement !== input) input.value = note;
    };
    return { input, element: make("label", {}, "Note", make("kbd", {}, "M"), input), show };
  },
  listActions: (page) => [
    act("note", "Note on the component", "m", () => page.regions.write("note")),
  ],
};

/** In the order in which they are shown. */
export const FIELDS = [KIND, SEVERITY, NOTE];

/**
 * What is known of a component of which nobody said anything.
 * @type {Label}
 */
export const UNLABELLED = Object.assign({}, ...FIELDS.map(({ name, none }) => ({ [name]: none })));

/**
 * What was said, without its place.
 * @param {Label} saved
 * @returns {Label}
 */
export const pickLabel = (saved) =>
  Object.assign({}, ...FIELDS.map(({ name }) => ({ [name]: saved[name] })));

/**
 * A label in words, as in "moiré · 3 · at the rim".
 * @param {Label} label
 */
export const describeLabel = (label) =>
  FIELDS.map(({ name }) => label[name])
    .filter((part) => part !== null && part !== "")
    .join(" · ");
