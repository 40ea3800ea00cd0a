// Detectors as rows, one of them chosen.

import { find, make, remember } from "../shared/dom.js";

/** @import { DetectorScores, Figure, ScoresTable } from "#types/scores" */
/** @import { Props, Trigger, Watch } from "#types/shared" */

const HEADS = ["Detector", "IoU", "Precision", "Recall"];
const INTERVAL = "95 % interval, over images; all or none has one bound";
const NO_INTERVAL = "Simulated intervals hold the truth in 93 to 98 % from 7 images with something to count on, of the mean IoU from 20 on; where all images give the same, there is none";
let tables = 0;

/**
 * @param {Element} element
 * @param {Props<ScoresTable>} props
 * @param {Watch} watch
 * @param {Trigger} trigger
 */
export function mount(element, props, watch, trigger) {
  const root = find(element, ".detectors", HTMLElement);
  if (root.childElementCount) return;
  const group = `detectors-${(tables += 1)}`;
  const body = make("tbody");
  const heads = HEADS.map((head) => make("th", { scope: "col" }, head));
  const table = make("table", { hidden: true }, make("thead", {}, make("tr", {}, ...heads)), body);
  const waiting = make("p", { className: "waiting", role: "status" }, "Scoring the labelled images…");
  const notes = make("div", { className: "notes", role: "status" });
  const limits = make("p", { className: "limits" });
  const made = make("div", { className: "made", role: "status" });
  root.append(made, table, waiting, limits, notes);
  /** @type {string | null} */
  let chosen = null;
  let shown = "";

  const choose = (/** @type {string | null} */ key) => {
    chosen = key;
    if (props.value) props.value = { ...props.value, chosen };
    remember("detector", key);
    trigger("select");
  };

  const show = () => {
    const value = props.value;
    waiting.hidden = Boolean(value);
    if (!value) return;
    const { rows, notes: lines = [], made: ways = [] } = value;
    root.hidden = rows.length === 0;
    limits.textContent = value.limits ?? "";
    if (value.regions) remember("regions", value.regions);
    const known = rows.some(({ key }) => key === chosen);
    if (!known) chosen = value.chosen;
    const now = JSON.stringify([rows, lines, ways]);
    if (now !== shown) {
      // Replacing the rows takes the focus away from the one that has it.
      const focused = body.contains(document.activeElement);
      body.replaceChildren(...rows.map(makeRow));
      made.replaceChildren(...ways.map((line) => make("p", {}, line)));
      notes.replaceChildren(...lines.map((line) => make("p", {}, line)));
      table.hidden = rows.length === 0;
      if (focused) [...body.querySelectorAll("input")].find((input) => input.checked)?.focus();
    }
    shown = now;
    for (const input of body.querySelectorAll("input")) input.checked = input.value === chosen;
    // Somebody chose another row while this was on its way: what is below has to follow.
    if (known && value.chosen !== chosen) choose(chosen);
  };

  /** @param {DetectorScores} row */
  const makeRow = (row) => {
    const radio = make("input", {
      type: "radio",
      name: group,
      value: row.key,
      onchange: () => choose(row.key),
    });
    const title = make("span", { className: "title" }, make("strong", {}, row.name));
    if (row.inReview) {
      const tip = "Its masks are those that Review shows";
      title.append(make("span", { className: "tag", title: tip }, "in Review"));
    }
    const words = make("span", { className: "words" }, title);
    for (const [name, text] of [["settings", row.settings], ["missing", row.missing]]) {
      if (text) words.append(make("span", { className: name }, text));
    }
    for (const text of row.apart) words.append(make("span", { className: "settings" }, text));
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, make("label", {}, radio, words)),
      ...row.figures.map((figure) => make("td", {}, ...makeFigure(figure))),
    );
  };

  // The label covers the name; the rest of the row does the same.
  body.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.target.closest("label")) return;
    const input = event.target.closest("tr")?.querySelector("input");
    // So that the arrow keys go on from here.
    input?.focus({ preventScroll: true });
    input?.click();
  });
  watch("value", show);
  show();
}

/** @param {Figure} figure */
function makeFigure({ text, interval, value, low, high, count }) {
  const shown = make("div", { className: "figure" }, make("b", {}, text));
  const title = low === null ? NO_INTERVAL : INTERVAL;
  if (interval) shown.append(" ", make("span", { className: "interval", title }, interval));
  const scale = make("div", { className: "scale", ariaHidden: "true" });
  if (low !== null && high !== null) {
    const range = make("i", { className: "range" });
    range.style.left = `${100 * low}%`;
    range.style.width = `${100 * (high - low)}%`;
    scale.append(range);
  }
  if (value !== null) {
    const dot = make("i", { className: "dot" });
    dot.style.left = `${100 * value}%`;
    scale.append(dot);
  }
  return [shown, scale, make("div", { className: "count" }, count)];
}
