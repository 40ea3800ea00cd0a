// How far the dataset is, and each annotator: a bar under the queue, figures in a panel.

import { loadProgress } from "./api.js";
import { make } from "../../shared/dom.js";
import { attachPopover } from "../../shared/popover.js";
import { STATES } from "./queue_filters.js";
import { MARKS } from "./queue_row.js";

/** @import { AnnotatorProgress, Progress as Facts, ReviewPage, State } from "#types/review" */

/** @type {State[]} */
const DONE = ["accepted", "clean", "skipped"];
/** @type {State[]} */
const SHOWN = [...DONE, "in progress"];
/** @type {[title: string, key: Exclude<keyof AnnotatorProgress, "name">][]} */
const COLUMNS = [
  ["accepted", "accepted"],
  ["clean", "clean"],
  ["skipped", "skipped"],
  ["in progress", "in_progress"],
  ["assigned", "assigned"],
  ["drafts", "drafts"],
];
const WAIT_MS = 1500;

export class Progress {
  /** @type {Facts | null} What the server told last; null before. */
  facts = null;
  #timer = 0;

  /**
   * @param {ReviewPage} page
   * @param {(facts: Facts) => void} learned hears of every answer.
   */
  constructor(page, learned) {
    this.page = page;
    this.learned = learned;
    this.text = make("span");
    const makePart = (/** @type {State} */ state) => make("span", { className: state.replace(" ", "-") });
    this.parts = new Map(SHOWN.map((state) => [state, makePart(state)]));
    this.button = make(
      "button",
      { className: "progress", title: "Progress of the dataset and of each annotator" },
      make("span", { className: "parts" }, ...this.parts.values()),
      this.text,
    );
    this.panel = make("div", { className: "popover figures", role: "dialog", ariaLabel: "Progress" });
    attachPopover(this.button, this.panel, "bottom", () => this.#fillPanel());
    this.element = make("div", { className: "foot" }, this.button, this.panel);
    window.addEventListener("studio:changed", () => this.#loadSoon());
  }

  async load() {
    if (!this.page.dataset) return;
    this.facts = await loadProgress(this.page.dataset);
    this.#show(this.facts);
    this.learned(this.facts);
  }

  /** Many verdicts in a row ask once; the bar is not what a reviewer waits for. */
  #loadSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.element.isConnected) this.load().catch(() => {}); // said by what was done just now
    }, WAIT_MS);
  }

  /** @param {Facts} facts */
  #show({ images, states }) {
    const done = DONE.reduce((sum, state) => sum + states[state], 0);
    for (const [state, part] of this.parts) {
      part.style.width = images ? `${(100 * states[state]) / images}%` : "0";
    }
    this.text.textContent = `${done} of ${images} reviewed`;
    if (this.panel.matches(":popover-open")) this.#fillPanel();
  }

  #fillPanel() {
    if (!this.facts) return this.panel.replaceChildren("Not known yet.");
    const { states, annotators } = this.facts;
    /**
     * @param {"td" | "th"} tag
     * @param {string | number} text
     */
    const cell = (tag, text) => make(tag, {}, `${text}`);
    const rows = annotators.map((each) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", title: each.name }, each.name),
        ...COLUMNS.map(([, key]) => cell("td", each[key])),
      ),
    );
    const head = make("tr", {}, cell("th", "Annotator"), ...COLUMNS.map(([title]) => cell("th", title)));
    const all = STATES.map((state) =>
      make(
        "li",
        {},
        `${MARKS[state]} ${state}`,
        make("span", { className: "count" }, `${states[state]}`),
      ),
    );
    const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
    const nobody = make("p", {}, "Nobody has saved a mask yet.");
    this.panel.replaceChildren(
      make("h3", {}, "Images"),
      make("ul", {}, ...all),
      ...(rows.length ? [make("h3", {}, "Who labelled what"), table] : [nobody]),
    );
  }
}
