// The runs: one that is watched, others to compare it with, and all of them in a table.

import { addressed, make, remember } from "../shared/dom.js";
import { loadMetrics, loadPreviews } from "./api.js";
import { Charts } from "./charts.js";
import { Preview } from "./preview.js";
import { RunPanel } from "./run_panel.js";
import { RunsTable } from "./runs_table.js";

const MOST_COMPARED = 5;

export class RunsView {
  constructor({ refresh, onReuse }) {
    this.watched = Number(addressed("run")) || null;
    this.compared = new Set((addressed("compare") ?? "").split("-").map(Number).filter(Boolean));
    this.metrics = new Map();
    this.panel = new RunPanel({ refresh, onReuse });
    this.preview = new Preview();
    this.charts = new Charts();
    this.table = new RunsTable({
      onWatch: (run) => {
        this.choose(run);
        refresh();
      },
      onCompare: (run, checked) => {
        this.#compare(run, checked);
        refresh();
      },
    });
    this.live = make("div", { className: "live" }, this.preview.root, this.charts.root);
    this.full = make(
      "div",
      { className: "full" },
      this.panel.root,
      this.live,
      this.table.root,
    );
    this.empty = make(
      "div",
      { className: "empty", hidden: true },
      make("h2", {}, "No runs yet"),
      make("p", {}, "Choose samples and settings under Set up, and start one. It goes on when this page is closed."),
    );
    this.root = make("section", { className: "runs" }, this.full, this.empty);
  }

  /** Watch another run, from the next `show` on. */
  choose(run) {
    this.watched = run;
    remember("run", run);
  }

  /** Show the runs as they are now, and read what is shown of them. */
  async show(runs) {
    this.empty.hidden = runs.length > 0;
    this.full.hidden = runs.length === 0;
    if (!runs.length) return;
    const run =
      runs.find(({ id }) => id === this.watched) ?? runs.find(({ active }) => active) ?? runs[0];
    const shown = [run, ...runs.filter(({ id }) => id !== run.id && this.compared.has(id))];
    await Promise.all([...shown.map((one) => this.#readMetrics(one)), this.#readPreviews(run)]);
    const lines = shown.map((one) => ({ run: one, metrics: this.metrics.get(one.id)?.values ?? {} }));
    this.panel.show(run, lines[0].metrics);
    this.charts.show(lines);
    this.table.show(runs, run.id, shown.map(({ id }) => id), this.metrics);
  }

  #compare(run, checked) {
    if (checked) this.compared.add(run);
    else this.compared.delete(run);
    // The oldest choice goes: more lines than colours could not be told apart.
    while (this.compared.size > MOST_COMPARED) this.compared.delete([...this.compared][0]);
    remember("compare", this.compared.size ? [...this.compared].join("-") : null);
  }

  /** Read the figures of a run, once where it no longer runs. */
  async #readMetrics(run) {
    const key = `${run.status} ${run.iteration}`;
    if (this.metrics.get(run.id)?.key === key) return;
    const values = await loadMetrics(run.id);
    this.metrics.set(run.id, { key, values });
  }

  async #readPreviews(run) {
    const key = `${run.id} ${run.status} ${run.iteration}`;
    if (this.previewKey === key) return;
    const previews = await loadPreviews(run.id);
    this.previewKey = key;
    this.preview.show(run, previews);
  }
}
