// Setting up a run: samples at the left, what is known of one in the middle, settings at the right.

import { make, pageAddress } from "../shared/dom.js";
import { loadFineTuned } from "./api.js";
import { listCautions, warnOfGenerator } from "./cautions.js";
import { Form } from "./form.js";
import { pickHeldOut } from "./held_out.js";
import { Inspector } from "./inspector.js";
import { SampleList } from "./samples.js";

export class SetupView {
  constructor({ onStarted, onModel }) {
    this.dataset = null;
    this.candidates = [];
    this.samples = new SampleList({
      onChoose: () => this.#share(),
      onOpen: (candidate) => this.#inspect(candidate),
    });
    this.inspector = new Inspector();
    this.form = new Form({
      onStarted,
      onModel,
      onChange: () => this.#share(),
      getChosen: () => this.samples.listChosen(),
    });
    this.about = make("p", { className: "about" });
    this.empty = make(
      "div",
      { className: "empty", hidden: true },
      make("h2", {}, "No accepted samples yet"),
      this.about,
      make("a", { className: "primary", href: pageAddress("/review") }, "Go to Review"),
    );
    this.columns = make(
      "div",
      { className: "columns" },
      this.samples.root,
      this.inspector.root,
      this.form.root,
    );
    this.root = make("section", { className: "setup" }, this.empty, this.columns);
    window.addEventListener("studio:changed", () => this.#loadFineTuned());
  }

  /** Show what can be chosen; what was chosen before stays so. */
  show(dataset, choices) {
    this.dataset = dataset;
    this.choices = choices;
    this.candidates = choices.candidates;
    this.empty.hidden = choices.candidates.length > 0;
    this.columns.hidden = !this.empty.hidden;
    this.about.textContent =
      `${choices.obstacle} Accept at least ${choices.minimum} masks in Review: they become the samples that the ` +
      "generator learns from. About 50 of them remove a kind of artifact from images it has " +
      "never seen.";
    this.form.show(dataset, choices);
    this.samples.show(dataset, choices.candidates);
    this.#share();
    this.#loadFineTuned();
  }

  showRuns(runs) {
    this.form.showRuns(runs);
  }

  /** Tell everywhere which of the chosen samples are held out. */
  #share() {
    const chosen = this.samples.listChosen();
    const heldOut = pickHeldOut(chosen, this.form.heldOutShare);
    this.samples.markHeldOut(heldOut);
    this.form.showCounts(chosen.length, heldOut.size);
    if (this.choices) {
      const { minimum, obstacle, generators, made_by: madeBy } = this.choices;
      const { reference_caution: caution } = this.choices;
      this.form.showCautions([
        ...listCautions(chosen, minimum, obstacle),
        ...warnOfGenerator(this.form.generatorId, generators, madeBy),
        ...(caution ? [{ blocks: false, text: caution }] : []),
      ]);
    }
    const open = this.samples.opened;
    if (open) this.#inspect(open);
  }

  #inspect(candidate) {
    const heldOut = this.samples.heldOut.has(candidate.revision_id);
    const chosen = this.samples.isChosen(candidate);
    const use = heldOut ? "held" : chosen ? "trained" : "left";
    this.inspector.show(candidate, use, this.form.feather);
  }

  async #loadFineTuned() {
    if (!this.dataset || !this.root.isConnected) return;
    const found = await loadFineTuned(this.dataset).catch(() => null);
    if (found) this.inspector.showFineTuned(found);
  }
}
