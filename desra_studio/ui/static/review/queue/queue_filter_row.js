// The head of the queue: what it lists, in which order, and the button that asks for it again.

import { fillSelect, makeSelect } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { attachPopover } from "../../shared/popover.js";
import {
  NO_FILTERS,
  ORDERS,
  STATES,
  describeFilters,
  dropFilter,
  hasFilters,
} from "./queue_filters.js";
import { MARKS } from "./queue_row.js";

/** @import { Asked, Filters, Progress, ReviewPage } from "#types/review" */

/** Filters of which one of several values is chosen. */
const FIELDS = /** @type {const} */ (["kind", "severity", "annotator", "assigned", "class"]);
const SEVERITIES = [..."12345"].map((least) => [least, least === "5" ? "5" : `${least} or more`]);
const round = (/** @type {number} */ value) => String(Number(value.toPrecision(6)));
const toShare = (/** @type {string} */ percent) => (percent === "" ? "" : round(Number(percent) / 100));
const toPercent = (/** @type {string} */ share) => (share === "" ? "" : round(Number(share) * 100));

export class QueueFilterRow {
  #chips = "[]";
  /** @type {Asked} */
  #asked = { filters: NO_FILTERS, order: "name" };
  /** @type {Omit<Progress, "images" | "states"> & { states: Partial<Progress["states"]> }} */
  #facts = { states: {}, kinds: [], annotators: [], classes: [] };

  /**
   * @param {ReviewPage} page
   * @param {(asked: Asked) => void} change hears what is to be listed, and that it is to be asked
   *   again.
   */
  constructor(page, change) {
    this.page = page;
    this.change = change;
    this.button = make("button", { className: "filter" }, "Filter");
    this.button.title = "Choose what the queue lists";
    this.order = makeSelect(page, "Order", ORDERS, () =>
      change({ ...this.#asked, order: ORDERS[this.order.selectedIndex][0] }),
    );
    this.again = make("button", {
      className: "again",
      title: "Ask for the list again: images that were judged leave the filter",
      ariaLabel: "Ask for the list again",
      textContent: "↻",
      onclick: (event) => this.#after(event, () => change(this.#asked)),
    });
    this.chips = make("div", { className: "chips" });
    const read = () => this.#ask(this.#readPanel());
    const percent = (/** @type {string} */ ariaLabel) =>
      make("input", { type: "number", min: 0, max: 100, step: "any", ariaLabel, onchange: read });
    const select = () => make("select", { onchange: read });
    this.states = STATES.map((state) => {
      const box = make("input", { type: "checkbox", value: state, onchange: read });
      const count = make("span", { className: "count" });
      const element = make("label", {}, box, `${MARKS[state]} ${state}`, count);
      return { state, box, count, element };
    });
    this.fields = {
      kind: select(),
      severity: select(),
      annotator: select(),
      assigned: select(),
      class: select(),
    };
    this.least = percent("Area from, in percent");
    this.most = percent("Area to, in percent");
    this.panel = this.#makePanel();
    attachPopover(this.button, this.panel, "top", () => this.#fillPanel());
    this.element = make(
      "div",
      { className: "head" },
      make("div", { className: "line" }, this.button, this.order, this.again),
      this.chips,
      this.panel,
    );
  }

  /**
   * Show what is listed.
   * @param {Asked} asked
   */
  show(asked) {
    this.#asked = asked;
    this.order.value = asked.order;
    this.order.title = `Order: ${this.order.selectedOptions[0].text}`;
    this.button.classList.toggle("used", hasFilters(asked.filters));
    const wanted = describeFilters(asked.filters, this.#facts.classes);
    // What is under the pointer stays: a click that meets a new button is lost.
    if (JSON.stringify(wanted) === this.#chips) return;
    this.#chips = JSON.stringify(wanted);
    const chips = wanted.map((chip) =>
      make(
        "button",
        {
          title: `Remove this filter: ${chip.text}`,
          onclick: (event) => this.#after(event, () => this.#ask(dropFilter(this.#asked.filters, chip))),
        },
        make("span", {}, chip.text),
        " ×",
      ),
    );
    this.chips.replaceChildren(...chips);
  }

  /**
   * Take what can be chosen from: the progress of the dataset.
   * @param {Progress} facts
   */
  learn(facts) {
    this.#facts = { ...this.#facts, ...facts };
    this.show(this.#asked);
    if (this.panel.matches(":popover-open")) this.#fillPanel();
  }

  clear() {
    this.#ask(NO_FILTERS);
  }

  /** @param {Filters} filters */
  #ask(filters) {
    this.change({ ...this.#asked, filters });
  }

  /**
   * After the mouse the page's keys go on working.
   * @param {UIEvent} event
   * @param {() => void} action
   */
  #after(event, action) {
    if (event.detail) this.page.focus();
    action();
  }

  #makePanel() {
    const field = (/** @type {string} */ text, /** @type {HTMLElement} */ control) => make("label", {}, make("span", {}, text), control);
    return make(
      "div",
      { className: "popover filters", role: "dialog", ariaLabel: "Filter of the queue" },
      make("fieldset", {}, make("legend", {}, "State"), ...this.states.map(({ element }) => element)),
      field("Kind", this.fields.kind),
      field("Severity", this.fields.severity),
      make("div", { className: "range" }, make("span", {}, "Area"), this.least, "to", this.most, "%"),
      field("Annotator", this.fields.annotator),
      field("Assigned to", this.fields.assigned),
      field("Class", this.fields.class),
      make("button", { onclick: () => this.clear() }, "Clear the filter"),
    );
  }

  #fillPanel() {
    const { filters } = this.#asked;
    const { states, kinds, annotators, classes } = this.#facts;
    for (const { state, box, count } of this.states) {
      box.checked = filters.state.includes(state);
      count.textContent = String(states[state] ?? 0);
    }
    const names = annotators.map(({ name }) => [name, name]);
    const choices = {
      kind: kinds.map(({ name, images }) => [name, `${name} (${images})`]),
      severity: SEVERITIES,
      annotator: names,
      assigned: names,
      class: classes.map(({ index, name, images }) => [String(index), `${name} (${images})`]),
    };
    for (const key of FIELDS) {
      const select = this.fields[key];
      const known = choices[key].some(([value]) => value === filters[key]);
      const others = known || filters[key] === "" ? [] : [[filters[key], filters[key]]];
      fillSelect(select, [["", "any"], ...choices[key], ...others]);
      select.value = filters[key];
    }
    this.least.value = toPercent(filters.area_min);
    this.most.value = toPercent(filters.area_max);
  }

  /** @returns {Filters} */
  #readPanel() {
    const state = this.states.filter(({ box }) => box.checked).map((each) => each.state);
    const { kind, severity, annotator, assigned } = this.fields;
    return {
      kind: kind.value,
      severity: severity.value,
      annotator: annotator.value,
      assigned: assigned.value,
      class: this.fields.class.value,
      // Every state is as good as none.
      state: state.length < STATES.length ? state : [],
      area_min: toShare(this.least.validity.valid ? this.least.value : ""),
      area_max: toShare(this.most.validity.valid ? this.most.value : ""),
    };
  }
}
