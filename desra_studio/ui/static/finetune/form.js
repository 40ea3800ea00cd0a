// The form at the right: which generator, which preset, what differs from it, and the start.

import { addressed, make } from "../shared/dom.js";
import { addModel, startRun } from "./api.js";
import { Dial } from "./dial.js";
import { DiscriminatorChoice } from "./discriminator.js";
import { estimateTime, tellTime } from "./estimate.js";
import { GROUPS, listChanged, MAIN, PRESETS } from "./fields.js";
import { Settings } from "./settings.js";
import { readStored, writeStored } from "./stored.js";

const WEIGHTS = ".safetensors,.pth";

export class Form {
  constructor({ onStarted, onModel, onChange, getChosen }) {
    Object.assign(this, { onStarted, onModel, onChange, getChosen });
    this.runs = [];
    /** The model that the address wants to be fine-tuned again. */
    this.asked = Number(addressed("model")) || null;
    this.settings = new Settings(() => this.#changed());
    this.discriminator = new DiscriminatorChoice(() => this.#changed());
    this.generator = make("select", {
      id: "finetune-generator",
      onchange: () => {
        this.#offerDiscriminators();
        this.#changed();
      },
    });
    this.dial = new Dial((stop) => this.#moveDial(stop));
    this.file = make("input", { type: "file", accept: WEIGHTS, hidden: true, onchange: () => this.#add() });
    this.add = make("button", { type: "button", className: "link needs-admin", onclick: () => this.file.click() }, "Add a weight file");
    this.presets = PRESETS.map(({ name, title, about }) =>
      make(
        "label",
        { title: about },
        make("input", { type: "radio", name: "preset", value: name, onchange: () => this.#choosePreset(name) }),
        make("span", {}, title),
      ),
    );
    this.about = make("span", { className: "quiet" });
    this.reset = make("button", { type: "button", className: "link", onclick: () => this.#choosePreset(this.preset) }, "Reset");
    this.share = make("input", {
      type: "range",
      id: "finetune-share",
      min: 0,
      max: 0.5,
      step: 0.05,
      oninput: () => this.#changed(),
    });
    this.counts = make("output", { htmlFor: "finetune-share" });
    this.button = make("button", { type: "submit", className: "primary needs-admin" }, "Start fine-tuning");
    this.estimate = make("p", { className: "estimate" });
    this.cautions = make("ul", { className: "cautions", ariaLabel: "Before the start" });
    this.error = make("p", { className: "studio-error", role: "alert" });
    this.root = this.#build();
  }

  /** The id of the generator; null where none is chosen. */
  get generatorId() {
    return Number(this.generator.value) || null;
  }

  get heldOutShare() {
    return Number(this.share.value);
  }

  get feather() {
    return this.settings.read().feather_sigma ?? 0;
  }

  /** Show what can be chosen, with what was chosen last for the dataset. */
  show(dataset, choices) {
    this.dataset = dataset;
    this.choices = choices;
    const stored = readStored(dataset);
    const none = make("option", { value: "" }, "Choose the model that made GAN-SR");
    const options = choices.generators.map(({ id, label }) => make("option", { value: id }, label));
    this.generator.replaceChildren(none, ...options);
    const known = (id) => choices.generators.some((one) => one.id === id);
    const wanted = [this.added, this.asked, stored.generator, choices.generator].find(known);
    this.asked = null; // from now on what is chosen here stands
    this.generator.value = wanted ?? "";
    this.#offerDiscriminators(wanted === stored.generator ? stored.discriminator : null);
    this.preset = stored.preset in choices.presets ? stored.preset : choices.preset;
    const values = { ...choices.presets[this.preset], ...stored.settings };
    this.settings.declare(choices.settings);
    this.settings.show(values);
    this.share.value = stored.held_out_share ?? values.held_out_share;
    this.#tell();
  }

  /** Take the generator and the settings of a run. */
  take(run) {
    if (this.choices.generators.some(({ id }) => id === run.generator)) {
      this.generator.value = run.generator;
      const heard = run.settings.adversarial_weight > 0;
      this.#offerDiscriminators(heard ? (run.discriminator ?? "") : null);
    }
    const changes = ({ name }) => listChanged(run.settings, this.choices.presets[name]).length;
    this.preset = PRESETS.reduce((one, other) => (changes(other) < changes(one) ? other : one)).name;
    this.settings.show({ ...this.choices.presets[this.preset], ...run.settings });
    this.share.value = run.settings.held_out_share ?? this.share.value;
    this.#changed();
  }

  showRuns(runs) {
    this.runs = runs;
    if (this.choices) this.#tellEstimate();
  }

  showCounts(chosen, heldOut) {
    this.counts.textContent = heldOut
      ? `${heldOut} of ${chosen} held out, ${chosen - heldOut} to train on`
      : `None: all ${chosen} are trained on`;
  }

  /** Say what speaks against a run before it is started; what was refused before may be right now. */
  showCautions(cautions) {
    this.error.textContent = "";
    const told = JSON.stringify(cautions);
    if (told === this.told) return;
    this.told = told;
    this.cautions.replaceChildren(
      ...cautions.map(({ blocks, text }) => make("li", { className: blocks ? "blocks" : "" }, text)),
    );
  }

  #offerDiscriminators(wanted = null) {
    const id = Number(this.generator.value);
    const generator = this.choices.generators.find((one) => one.id === id);
    this.discriminator.offer(generator?.discriminators, wanted);
  }

  #build() {
    const row = (label, target, ...rest) =>
      make("div", { className: "row" }, make("label", { htmlFor: target }, label), ...rest);
    return make(
      "form",
      {
        className: "form needs-admin",
        noValidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          this.#start();
        },
      },
      make(
        "div",
        { className: "generator" },
        make("label", { htmlFor: "finetune-generator" }, "Generator"),
        this.add,
        this.file,
        this.generator,
      ),
      make(
        "fieldset",
        { className: "presets" },
        make("legend", {}, "Preset"),
        make("div", { className: "choices" }, ...this.presets),
        make("p", {}, this.about, " ", this.reset),
      ),
      this.dial.root,
      make("div", { className: "row pair" }, ...MAIN.map((field) => this.settings.build(field))),
      this.discriminator.root,
      row("Held-out share", "finetune-share", this.share, this.counts),
      make(
        "details",
        {},
        make("summary", {}, "All settings"),
        ...GROUPS.map(({ title, fields }) =>
          make(
            "fieldset",
            {},
            make("legend", {}, title),
            make("div", { className: "grid" }, ...fields.map((field) => this.settings.build(field))),
          ),
        ),
      ),
      make("div", { className: "go" }, make("div", { role: "status" }, this.cautions), this.error, this.button, this.estimate),
    );
  }

  #choosePreset(name) {
    this.preset = name;
    this.settings.show(this.choices.presets[name]);
    this.share.value = this.choices.presets[name].held_out_share;
    this.#changed();
  }

  #moveDial({ inside_weight, contrast_inside_weight }) {
    this.settings.show({ ...this.settings.read(), inside_weight, contrast_inside_weight });
    this.#changed();
  }

  #changed() {
    const settings = this.settings.read();
    const changed = listChanged(settings, this.choices.presets[this.preset]);
    writeStored(this.dataset, {
      preset: this.preset,
      settings: Object.fromEntries(changed.map((name) => [name, settings[name]])),
      generator: this.generatorId,
      discriminator: this.discriminator.wanted,
      held_out_share: this.heldOutShare,
    });
    this.#tell();
    this.onChange();
  }

  #tell() {
    for (const label of this.presets) {
      const input = label.querySelector("input");
      input.checked = input.value === this.preset;
    }
    const settings = this.settings.read();
    const changed = listChanged(settings, this.choices.presets[this.preset]);
    this.settings.markChanged(changed);
    this.discriminator.tell(settings);
    this.dial.show(this.choices.dial, settings);
    this.about.textContent = changed.length
      ? `${changed.length} of its settings changed.`
      : `${PRESETS.find(({ name }) => name === this.preset).about}.`;
    this.reset.hidden = changed.length === 0;
    this.#tellEstimate();
  }

  #tellEstimate() {
    const found = estimateTime(this.settings.read(), Number(this.generator.value), this.runs);
    const waits = this.runs.some(({ job }) => job.active) ? " It waits for the job that runs." : "";
    this.estimate.textContent =
      (found ? `About ${tellTime(found.seconds)}, judging by run ${found.run}.` : "") + waits;
  }

  async #add() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    this.add.disabled = true;
    this.error.textContent = "";
    try {
      this.added = (await addModel(file)).model;
      await this.onModel();
      this.#changed();
    } catch (error) {
      this.error.textContent = error.message;
    }
    this.add.disabled = false;
  }

  async #start() {
    const { feather_sigma, ...settings } = this.settings.read();
    this.button.disabled = true;
    this.error.textContent = "";
    try {
      const { run } = await startRun(this.dataset, {
        revisions: this.getChosen().map((candidate) => candidate.revision_id),
        generator: this.generatorId,
        discriminator: this.discriminator.value,
        settings,
        feather_sigma,
        held_out_share: this.heldOutShare,
      });
      await this.onStarted(run);
    } catch (error) {
      this.error.textContent = error.message;
    }
    this.button.disabled = false;
  }
}
