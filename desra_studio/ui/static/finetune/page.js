// The Fine-tune page: choosing samples and settings, and the runs that came of it.

import { loadLoop } from "../shared/api.js";
import { addressed, announceChange, make, pageAddress, remember } from "../shared/dom.js";
import { loadChoices, loadPoints, loadRuns, takePoint } from "./api.js";
import { PointsView } from "./points.js";
import { RunsView } from "./runs.js";
import { SetupView } from "./setup.js";

const POLL_MS = 1000;
/** How many polls there are between two looks for runs that another tab has started. */
const IDLE_POLLS = 5;

export function mount(element) {
  const root = element.querySelector(".studio-finetune");
  if (root.childElementCount) return;
  new FinetunePage(root).start();
}

class FinetunePage {
  constructor(root) {
    this.root = root;
    this.runs = [];
    this.polls = 0;
    this.message = make("p", { className: "message", role: "alert" });
    this.setup = new SetupView({
      onStarted: (run) => this.watch(run),
      onModel: () => this.loadChoices(),
    });
    this.list = new RunsView({ refresh: () => this.refresh(), onReuse: (run) => this.reuse(run) });
    this.points = new PointsView({
      load: loadPoints,
      take: takePoint,
      onModel: () => this.loadChoices(),
    });
    this.views = { setup: this.setup.root, runs: this.list.root, points: this.points.root };
    this.tabs = Object.fromEntries(
      Object.entries({ setup: "Set up", runs: "Runs", points: "Checkpoints" }).map(([name, title]) => [
        name,
        make(
          "button",
          { type: "button", role: "tab", id: `finetune-${name}`, onclick: () => this.open(name) },
          title,
          make("span", { className: "count" }),
        ),
      ]),
    );
  }

  async start() {
    const tablist = make("div", { role: "tablist", ariaLabel: "Views" }, ...Object.values(this.tabs));
    tablist.addEventListener("keydown", (event) => this.#switchByKey(event));
    this.root.append(
      make("header", {}, make("h2", {}, "Fine-tune"), tablist, this.message),
      ...Object.values(this.views),
    );
    for (const [name, view] of Object.entries(this.views)) {
      view.setAttribute("role", "tabpanel");
      view.setAttribute("aria-labelledby", `finetune-${name}`);
      view.hidden = true;
    }
    try {
      const { dataset, reference } = await loadLoop(addressed("dataset"));
      this.dataset = dataset;
      this.list.preview.nameReference(reference);
      this.points.reference = reference;
      if (this.dataset === null) return this.#showEmpty();
      await Promise.all([this.loadChoices(), this.refresh()]);
    } catch (error) {
      this.say(error.message);
      return;
    }
    const wanted = addressed("view");
    const active = this.runs.some((run) => run.active);
    this.open(wanted in this.views ? wanted : active ? "runs" : "setup");
    const timer = setInterval(() => {
      if (!this.root.isConnected) clearInterval(timer);
      else if (!document.hidden) this.#poll();
    }, POLL_MS);
    this.root.dataset.ready = "true";
  }

  async loadChoices() {
    this.setup.show(this.dataset, await loadChoices(this.dataset));
  }

  /** Read the runs again and show them. */
  async refresh() {
    this.runs = await loadRuns(this.dataset);
    this.tabs.runs.querySelector(".count").textContent = this.runs.length || "";
    this.root.dataset.active = String(this.runs.some((run) => run.job.active));
    this.setup.showRuns(this.runs);
    await this.list.show(this.runs);
    if (!this.views.points.hidden) await this.points.show(this.dataset, this.runs);
  }

  open(name) {
    remember("view", name);
    for (const [other, view] of Object.entries(this.views)) {
      view.hidden = other !== name;
      this.tabs[other].setAttribute("aria-selected", String(other === name));
      this.tabs[other].tabIndex = other === name ? 0 : -1;
    }
    if (name === "points") this.#showPoints();
  }

  async #showPoints() {
    try {
      await this.points.show(this.dataset, this.runs);
    } catch (error) {
      this.say(error.message);
    }
  }

  /** Show a run that was just started. */
  async watch(run) {
    this.list.choose(run);
    this.open("runs");
    announceChange();
    await this.refresh();
  }

  /** Fill the form with a run's settings. */
  reuse(run) {
    this.setup.form.take(run);
    this.open("setup");
  }

  say(text) {
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  async #poll() {
    this.polls += 1;
    const busy = this.root.dataset.active === "true";
    if (this.polling || (!busy && this.polls % IDLE_POLLS)) return;
    this.polling = true;
    try {
      await this.refresh();
      this.say("");
    } catch (error) {
      this.say(error.message);
    }
    this.polling = false;
  }

  #switchByKey(event) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const names = Object.keys(this.views);
    const step = event.key === "ArrowRight" ? 1 : names.length - 1;
    const other = names[(names.findIndex((name) => !this.views[name].hidden) + step) % names.length];
    this.open(other);
    this.tabs[other].focus();
    event.preventDefault();
  }

  #showEmpty() {
    this.root.replaceChildren(
      make(
        "div",
        { className: "empty" },
        make("h2", {}, "Fine-tune"),
        make("p", {}, "There is no dataset yet. Import one first, or open the demo dataset."),
        make("a", { className: "primary", href: pageAddress("/") }, "Go to Datasets"),
      ),
    );
    this.root.dataset.ready = "true";
  }
}
