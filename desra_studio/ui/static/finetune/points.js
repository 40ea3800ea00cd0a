// Removal over detail: every preview of every run as a point, any of which can be taken as a model.

import { announceChange, make, makeSvg, pageAddress } from "../shared/dom.js";
import { nameReference } from "../shared/words.js";
import {
  findNext,
  fitDetail,
  HEIGHT,
  listPlaced,
  listTicks,
  place,
  SHAPES,
  tellPercent,
  tellPoint,
  tellShare,
  tellSize,
  WIDTH,
} from "./scatter.js";

/** @import { PlacedPoint, Point } from "#types/finetune" */
/** @typedef {{ model_id: number, model: string }} Taken */

const COLOURS = 6;
const UNPLACED = "outside the masks GAN-SR is no sharper than MSE-SR.";
const DETAIL = "Detail kept outside the masks: 0 as MSE-SR, 1 as GAN-SR";

/** @param {{ run_id: number, iteration: number }} point */
const nameOf = ({ run_id, iteration }) => `${run_id}-${iteration}`;

export class PointsView {
  /**
   * @param {object} requests
   * @param {(dataset: number) => Promise<Point[]>} requests.load
   * @param {(run: number, iteration: number) => Promise<Taken>} requests.take
   * @param {() => Promise<void>} requests.onModel told that there is another model
   */
  constructor({ load, take, onModel }) {
    this.load = load;
    this.take = take;
    this.onModel = onModel;
    /** @type {number | null} */
    this.dataset = null;
    /**
     * What GAN-SR is compared with, as people call it.
     * @type {string | null}
     */
    this.reference = null;
    /** What the runs were like when their points were read, and what was read. */
    this.key = "";
    this.told = "";
    this.taking = false;
    /** @type {PlacedPoint[]} */
    this.points = [];
    /** @type {string | null} */
    this.chosen = null;
    /** @type {Map<string, SVGGElement>} */
    this.dots = new Map();
    this.plot = makeSvg("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "group",
      "aria-label": "Removal over detail. Arrow keys go from point to point, Enter takes one as a model.",
    });
    this.plot.addEventListener("keydown", (event) => this.#press(event));
    this.title = make("h3");
    this.figures = make("dl");
    this.warnings = make("ul", { className: "warnings" });
    this.state = make("p", { className: "quiet" });
    this.button = make("button", { type: "button", className: "primary needs-admin", onclick: () => this.#take() }, "Take this as a model");
    this.message = make("p", { className: "message", role: "status" });
    this.error = make("p", { className: "studio-error", role: "alert" });
    this.legend = make("ul", { className: "legend", ariaLabel: "Runs" });
    this.disk = make("p", { className: "quiet" });
    this.full = make(
      "div",
      { className: "points", hidden: true },
      make("figure", { className: "scatter" }, this.plot),
      make(
        "aside",
        {},
        make("div", { className: "point" }, this.title, this.figures, this.warnings, this.state, this.button, this.message, this.error),
        this.legend,
        make(
          "p",
          { className: "quiet" },
          "Filled: its weights are kept. Faded: beyond a bound of the proof. Ringed: the best within them. " +
            "The figures are of crops of up to 4 images, held-out ones where there are any; they are not the proof.",
        ),
        this.disk,
      ),
    );
    this.empty = make(
      "div",
      { className: "empty" },
      make("h2", {}, "No checkpoints yet"),
      make(
        "p",
        {},
        "At each preview a run keeps its weights and measures how much is deleted, and how much detail is left: " +
          "a point here. Any of them can be taken as a model, for the last iteration is not always the best. " +
          "Start a run under Set up.",
      ),
    );
    this.root = make("section", {}, this.full, this.empty);
  }

  /**
   * Read the points of a dataset again where its runs are no longer as they were.
   * @param {number} dataset
   * @param {{ id: number, status: string, iteration: number }[]} runs
   */
  async show(dataset, runs) {
    const key = runs.map(({ id, status, iteration }) => `${id} ${status} ${iteration}`).join();
    if (this.dataset === dataset && this.key === key) return;
    await this.#read(dataset);
    this.key = key;
  }

  /** @param {number} dataset */
  async #read(dataset) {
    const points = await this.load(dataset);
    this.dataset = dataset;
    const told = JSON.stringify(points);
    if (told === this.told) return;
    this.told = told;
    this.points = listPlaced(points);
    this.full.hidden = this.points.length === 0;
    this.empty.hidden = !this.full.hidden;
    if (this.full.hidden) return;
    const known = this.points.some((point) => nameOf(point) === this.chosen);
    if (!known) {
      const first = this.points.find(({ is_best }) => is_best) ?? this.points.find(({ is_last }) => is_last);
      this.chosen = nameOf(first ?? this.points[0]);
    }
    this.#draw();
    this.#describe(this.#chosenPoint());
    const bytes = points.reduce((sum, { kept_bytes }) => sum + (kept_bytes ?? 0), 0);
    const kept = points.filter(({ kept_bytes }) => kept_bytes !== null).length;
    const unplaced = points.length - this.points.length;
    this.disk.textContent =
      `The weights of ${kept} of ${points.length} points take ${tellSize(bytes)} on disk, in runs/ID/points of the data folder.` +
      (unplaced ? ` ${unplaced} have no place here: ${nameReference(UNPLACED, this.reference ?? undefined)}` : "");
  }

  #chosenPoint() {
    return this.points.find((point) => nameOf(point) === this.chosen) ?? this.points[0];
  }

  #draw() {
    const hadFocus = this.plot.contains(document.activeElement);
    const range = fitDetail(this.points);
    const runs = [...new Set(this.points.map(({ run_id }) => run_id))];
    this.dots.clear();
    this.plot.replaceChildren(...drawAxes(range, this.reference));
    for (const [index, run] of runs.entries()) {
      const own = this.points.filter(({ run_id }) => run_id === run);
      const line = own.map((point) => place(point, range)).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
      this.plot.append(makeSvg("polyline", { points: line.join(" "), class: `run-${index % COLOURS}` }));
    }
    // Apart from the dots, below all of them: a label is no part of what is clicked.
    const labelled = this.points.filter(({ is_last, is_best }) => is_last || is_best);
    this.plot.append(...labelled.map((point) => makeLabel(point, place(point, range))));
    for (const point of this.points) this.#drawDot(point, runs.indexOf(point.run_id) % COLOURS, range);
    this.#mark();
    if (hadFocus) this.dots.get(this.chosen ?? "")?.focus();
    this.legend.replaceChildren(...runs.map((run, index) => this.#makeEntry(run, index % COLOURS)));
  }

  /**
   * @param {PlacedPoint} point
   * @param {number} look of its run
   * @param {{ low: number, high: number }} range
   */
  #drawDot(point, look, range) {
    const { x, y } = place(point, range);
    const classes = [
      "dot",
      `run-${look}`,
      point.kept_bytes === null ? "hollow" : "",
      point.warnings.length ? "beyond" : "",
    ];
    const dot = makeSvg("g", {
      class: classes.filter(Boolean).join(" "),
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      role: "button",
      "aria-label": tellPoint(point),
      "data-point": nameOf(point),
    });
    const title = makeSvg("title");
    title.textContent = tellPoint(point);
    dot.append(title, makeSvg("circle", { class: "reach", r: 12 }));
    if (point.is_best) dot.append(makeSvg("circle", { class: "ring", r: 12 }));
    dot.append(makeSvg("path", { d: SHAPES[look] }));
    dot.addEventListener("click", () => this.#choose(point));
    dot.addEventListener("focus", () => this.#choose(point));
    dot.addEventListener("pointerenter", () => this.#describe(point));
    dot.addEventListener("pointerleave", () => this.#describe(this.#chosenPoint()));
    this.dots.set(nameOf(point), dot);
    this.plot.append(dot);
  }

  /**
   * @param {number} run
   * @param {number} look
   */
  #makeEntry(run, look) {
    const own = this.points.filter(({ run_id }) => run_id === run);
    const shape = makeSvg("svg", { viewBox: "-9 -9 18 18", "aria-hidden": "true" });
    const dot = makeSvg("g", { class: `dot run-${look}` });
    dot.append(makeSvg("path", { d: SHAPES[look] }));
    shape.append(dot);
    const best = own.reduce((one, other) => (other.removal > one.removal ? other : one));
    return make("li", { title: own[0].title }, shape, make("span", {}, own[0].title), make("small", {}, `up to ${tellPercent(best.removal)} gone`));
  }

  /** @param {PlacedPoint} point */
  #choose(point) {
    if (this.chosen === nameOf(point)) return;
    this.chosen = nameOf(point);
    this.message.textContent = "";
    this.error.textContent = "";
    this.#mark();
    this.#describe(point);
  }

  /** Only the chosen one is reached by Tab; the arrow keys go on from there. */
  #mark() {
    for (const [name, dot] of this.dots) {
      dot.setAttribute("tabindex", name === this.chosen ? "0" : "-1");
      dot.setAttribute("aria-pressed", String(name === this.chosen));
    }
  }

  /** @param {PlacedPoint} point */
  #describe(point) {
    const kept = point.kept_bytes !== null;
    this.title.textContent = `Run ${point.run_id}, iteration ${point.iteration}`;
    const rows = [
      ["Removal, by the strictest witness", tellPercent(point.removal)],
      ...Object.entries(point.removals).map(([name, removal]) => [
        `by ${name}${point.trained_on.includes(name) ? ", trained on" : ""}`,
        tellPercent(removal),
      ]),
      ["New, for each before", tellPercent(point.added)],
      ["Detail kept", tellShare(point.detail_kept)],
      ["Sharpness kept", tellShare(point.sharpness_kept)],
      ["Variance outside", tellShare(point.variance_ratio)],
    ];
    this.figures.replaceChildren(
      ...rows.flatMap(([term, value]) => [
        make("dt", { className: term.startsWith("by ") ? "part" : "" }, term),
        make("dd", {}, value),
      ]),
    );
    this.warnings.replaceChildren(...point.warnings.map((warning) => make("li", {}, warning)));
    this.button.disabled = this.taking || !kept || point.model !== null;
    this.state.replaceChildren(
      ...(point.model
        ? ["It is the model ", make("a", { href: pageAddress("/models") }, point.model), "."]
        : [kept ? `${tellMarks(point)}Its weights are kept.` : "Its weights are not kept: a run keeps 20 of its previews at most."]),
    );
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const at = this.points.findIndex((point) => nameOf(point) === this.chosen);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#take();
      return;
    }
    const next = findNext(this.points, at, event.key);
    if (next === null) return;
    event.preventDefault();
    this.dots.get(nameOf(this.points[next]))?.focus();
  }

  async #take() {
    const point = this.#chosenPoint();
    if (this.taking || !point || point.model !== null) return;
    this.taking = true;
    this.button.disabled = true;
    this.error.textContent = "";
    try {
      const { model } = await this.take(point.run_id, point.iteration);
      this.message.textContent = `${model} is a model now: upscale with it under Models, or go on from it under Set up.`;
      announceChange();
      if (this.dataset !== null) await this.#read(this.dataset);
      await this.onModel();
    } catch (error) {
      this.error.textContent = error instanceof Error ? error.message : String(error);
    }
    this.taking = false;
    this.#describe(this.#chosenPoint());
  }
}

/** @param {Point} point */
const tellMarks = ({ is_best, is_last }) =>
  (is_best ? "The best within the bounds. " : "") + (is_last ? "The last of its run. " : "");

/**
 * @param {Point} point
 * @param {{ x: number, y: number }} at where it lies
 */
function makeLabel(point, { x, y }) {
  const left = x > WIDTH - 130;
  const isHigh = point.removal > 0.9; // above it stands what the axis is
  const text = makeSvg("text", {
    class: "label",
    x: left ? x - 10 : x + 10,
    y: isHigh ? y + 26 : y - 12,
    "text-anchor": left ? "end" : "start",
    "aria-hidden": "true",
  });
  text.textContent = [point.is_best ? "best" : "", point.is_last ? `run ${point.run_id}` : ""].filter(Boolean).join(", ");
  return text;
}

/**
 * @param {{ low: number, high: number }} range
 * @param {string | null} reference what GAN-SR is compared with, as people call it.
 */
function drawAxes(range, reference) {
  const at = (/** @type {number} */ detail_kept, /** @type {number} */ removal) => place({ detail_kept, removal }, range);
  const line = (/** @type {{ x: number, y: number }} */ from, /** @type {{ x: number, y: number }} */ to) =>
    makeSvg("line", { class: "grid", x1: from.x, y1: from.y, x2: to.x, y2: to.y });
  const write = (/** @type {string} */ text, /** @type {Record<string, string | number>} */ attributes) => {
    const written = makeSvg("text", attributes);
    written.textContent = text;
    return written;
  };
  const columns = listTicks(range).flatMap((detail) => {
    const { x, y } = at(detail, 0);
    return [line(at(detail, 0), at(detail, 1)), write(detail.toFixed(1), { x, y: y + 18, "text-anchor": "middle" })];
  });
  const rows = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((removal) => {
    const { x, y } = at(range.low, removal);
    return [line(at(range.low, removal), at(range.high, removal)), write(tellPercent(removal), { x: x - 8, y: y + 4, "text-anchor": "end" })];
  });
  const middle = at((range.low + range.high) / 2, 0);
  const top = at(range.low, 1);
  return [
    ...columns,
    ...rows,
    write(nameReference(DETAIL, reference ?? undefined), { x: middle.x, y: HEIGHT - 10, class: "axis", "text-anchor": "middle" }),
    write("Removal, by the strictest witness that no loss asked for", { x: top.x, y: top.y - 16, class: "axis" }),
  ];
}
