// Losses and figures as small plots on one axis of iterations, a line for each run that is shown.

import { make, makeSvg } from "../shared/dom.js";
import { findRange, listFigures, readAt, smooth, tellValue, tellWatched, traceLine } from "./plot.js";

const SECTIONS = [
  { kind: "loss", title: "Losses" },
  { kind: "figure", title: "Live figures" },
];

export class Charts {
  constructor() {
    this.charts = new Map();
    this.lines = [];
    this.grids = Object.fromEntries(
      SECTIONS.map(({ kind }) => [kind, make("div", { className: "grid" })]),
    );
    this.axis = make("span", { className: "of" });
    this.watched = make("span", { className: "of" });
    this.root = make(
      "div",
      { className: "charts" },
      ...SECTIONS.flatMap(({ kind, title }) => [
        make("h3", {}, title, kind === "loss" ? this.axis : this.watched),
        this.grids[kind],
      ]),
    );
  }

  /** Show runs, the watched one first: [{ run, metrics }]. */
  show(lines) {
    this.lines = lines;
    this.watched.textContent = tellWatched(lines[0].run);
    this.last = Math.max(...lines.map(({ run }) => run.iterations));
    const figures = listFigures(lines.map(({ run }) => run.settings));
    this.#keep(figures);
    for (const figure of figures) this.charts.get(figure.name).draw(lines, this.last);
    this.#tell(this.at ?? null);
  }

  /** Have a plot for each of these figures, in order, and for no others. */
  #keep(figures) {
    const names = figures.map(({ name }) => name).join();
    if (names === this.names) return;
    this.names = names;
    for (const grid of Object.values(this.grids)) grid.replaceChildren();
    for (const figure of figures) {
      if (!this.charts.has(figure.name)) {
        this.charts.set(figure.name, new Chart(figure, (share) => this.#point(share)));
      }
      this.grids[figure.kind].append(this.charts.get(figure.name).root);
    }
  }

  #point(share) {
    this.#tell(share === null ? null : Math.round(share * this.last));
  }

  #tell(at) {
    this.at = at;
    this.axis.textContent = at === null ? `to iteration ${this.last}` : `at iteration ${at}`;
    for (const chart of this.charts.values()) chart.tell(this.lines, at, this.last);
  }
}

class Chart {
  constructor({ name, title, kind }, onPoint) {
    this.name = name;
    this.kind = kind;
    this.values = make("span", { className: "values" });
    this.high = make("span", { className: "high" });
    this.svg = makeSvg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.cursor = makeSvg("line", { class: "cursor", y1: 0, y2: 100, visibility: "hidden" });
    this.svg.append(this.cursor);
    this.drawn = [];
    const plot = make("div", { className: "plot", tabIndex: 0, role: "img" }, this.svg, this.high, make("span", { className: "low" }, "0"));
    plot.addEventListener("pointermove", (event) => {
      const box = plot.getBoundingClientRect();
      onPoint(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    });
    plot.addEventListener("pointerleave", () => onPoint(null));
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 0.02, ArrowLeft: -0.02 }[event.key];
      if (!step) return;
      this.share = Math.min(1, Math.max(0, (this.share ?? 1) + step));
      onPoint(this.share);
      event.preventDefault();
    });
    plot.addEventListener("blur", () => onPoint(null));
    this.plot = plot;
    this.title = title;
    this.root = make("div", { className: "chart" }, make("div", { className: "title" }, make("span", {}, title), this.values), plot);
    this.root.dataset.figure = name;
  }

  draw(lines, last) {
    const points = lines.map(({ metrics }) => metrics[this.name] ?? []);
    const shown = this.kind === "loss" ? points.map((line) => smooth(line)) : points;
    const range = findRange(shown, this.kind);
    const empty = points.every((line) => line.length === 0);
    this.high.textContent = empty ? "" : tellValue(range.high);
    while (this.drawn.length < 2 * lines.length) {
      const line = makeSvg("polyline");
      this.drawn.push(line);
      this.svg.append(line);
    }
    // First the raw lines of all, then the smooth ones over them.
    this.drawn.forEach((line, index) => {
      const [raw, run] = [index < lines.length, index % lines.length];
      const visible = index < 2 * lines.length && !(raw && this.kind !== "loss");
      const traced = visible ? traceLine((raw ? points : shown)[run], last, range) : "";
      if (line.getAttribute("points") !== traced) line.setAttribute("points", traced);
      line.setAttribute("class", `${raw ? "raw" : "line"} run-${run}`);
    });
  }

  /** Say the values at an iteration, the last ones where it is null. */
  tell(lines, at, last) {
    const texts = lines.map(({ metrics }) => tellValue(readAt(metrics[this.name] ?? [], at ?? Infinity)));
    const now = texts.join(" ");
    if (now !== this.told) {
      this.told = now;
      this.values.replaceChildren(
        ...texts.map((text, index) => make("b", { className: `run-${index}` }, text)),
      );
      this.plot.setAttribute("aria-label", `${this.title}: ${texts.join(", ")}`);
    }
    this.cursor.setAttribute("visibility", at === null ? "hidden" : "visible");
    if (at === null) return;
    this.share = at / last;
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, (100 * at) / Math.max(1, last));
  }
}
