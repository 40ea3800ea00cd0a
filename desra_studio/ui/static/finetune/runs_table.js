// All runs of the dataset in a table: one is watched, others are laid over its lines.

import { make, pageAddress } from "../shared/dom.js";
import { tellTime } from "./estimate.js";
import { tellValue } from "./plot.js";

const HEADS = ["Lines", "Run", "From", "Samples", "Iterations", "Status", "L1", "Removal", "Addition", "Variance", "IoU", "Time", ""];
const TIPS = {
  Lines: "Lay its lines over those of the watched run",
  Samples: "Trained on + held out",
  Removal: "Share of the artifacts that are gone, on held-out images",
  Addition: "New artifacts, for each that was there before",
  Variance: "Local variance outside the masks, as a share of GAN-SR's",
  IoU: "Overlap of the detected mask with yours",
};
const LIVE = ["removal_rate", "addition_rate", "variance_ratio", "iou"];

export class RunsTable {
  constructor({ onWatch, onCompare }) {
    this.onWatch = onWatch;
    this.onCompare = onCompare;
    this.body = make("tbody");
    const heads = HEADS.map((head) => make("th", { scope: "col", title: TIPS[head] ?? "" }, head));
    this.root = make(
      "div",
      { className: "table" },
      make("table", {}, make("thead", {}, make("tr", {}, ...heads)), this.body),
    );
    this.rows = new Map();
  }

  /** Show runs; `shown` are those with lines, the watched one first, in order of their colours. */
  show(runs, watched, shown, metrics) {
    const ids = runs.map(({ id }) => id).join();
    if (ids !== this.ids) {
      this.ids = ids;
      this.rows = new Map(runs.map((run) => [run.id, this.rows.get(run.id) ?? this.#makeRow(run)]));
      this.body.replaceChildren(...[...this.rows.values()].map(({ element }) => element));
    }
    for (const run of runs) {
      const row = this.rows.get(run.id);
      const place = shown.indexOf(run.id);
      row.element.setAttribute("aria-current", String(run.id === watched));
      row.box.checked = place >= 0;
      row.box.disabled = run.id === watched;
      row.swatch.className = place >= 0 ? `swatch run-${place}` : "swatch";
      row.proof.hidden = !run.proof;
      tellCells(run, metrics.get(run.id)?.values ?? {}).forEach((text, index) => {
        const cell = row.cells[index];
        if (cell.textContent !== text) cell.textContent = text;
      });
    }
  }

  #makeRow(run) {
    const box = make("input", {
      type: "checkbox",
      ariaLabel: `Lines of run ${run.id}`,
      onchange: () => this.onCompare(run.id, box.checked),
    });
    const swatch = make("i", { className: "swatch" });
    const pick = make("button", { type: "button", className: "link", onclick: () => this.onWatch(run.id) }, `Run ${run.id}`);
    const proof = make("a", { href: pageAddress("/proof", { run: run.id }), hidden: true }, "Proof");
    const cells = HEADS.slice(2, -1).map(() => make("td"));
    const element = make(
      "tr",
      {},
      make("td", { className: "choice" }, make("label", {}, box, swatch)),
      make("th", { scope: "row" }, pick),
      ...cells,
      make("td", {}, proof),
    );
    element.addEventListener("click", (event) => {
      if (!event.target.closest("a, button, label")) this.onWatch(run.id);
    });
    return { element, box, swatch, proof, cells };
  }
}

/** The texts of a run's cells, from its proof, or its newest live figures while there is none. */
function tellCells(run, metrics) {
  const live = Object.fromEntries(LIVE.map((name) => [name, metrics[name]?.at(-1)?.[1]]));
  const { proof } = run;
  return [
    run.base,
    run.held_out ? `${run.samples} + ${run.held_out}` : String(run.samples),
    run.iteration < run.iterations ? `${run.iteration} of ${run.iterations}` : String(run.iterations),
    run.status,
    tellValue(run.loss ?? metrics.loss?.at(-1)?.[1]),
    tellValue(proof?.removal_rate ?? live.removal_rate),
    tellValue(proof?.addition_rate ?? live.addition_rate),
    tellValue(proof?.variance_ratio_outside ?? live.variance_ratio),
    tellValue(proof?.iou_after ?? live.iou),
    run.seconds && !run.resumed_from ? tellTime(run.seconds) : "–",
  ];
}
