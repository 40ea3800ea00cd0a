// Setting up a study: what is compared, what is asked, what is shown, how many vote.

import { make } from "../shared/dom.js";
import { countNoun } from "../shared/words.js";
import { findMissing, guessSystems, readOrder, tellUnscreened } from "./order.js";

const percent = (share) => String(Math.round(100 * share));

export class StudyForm {
  /** @param host { onMake(order, onProgress): Promise, onCancel() }. */
  constructor(host) {
    this.host = host;
    this.root = make("form", { className: "setup needs-curator", noValidate: true });
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.root.addEventListener("input", () => this.#check());
  }

  /** Show the form for a dataset's choices. */
  show(choices, suggested) {
    this.choices = choices;
    const { defaults } = choices;
    const { rules } = defaults;
    this.fields = {};
    this.screening = make("p", { className: "screening", ariaLive: "polite" });
    this.root.replaceChildren(
      make("h2", {}, "New study"),
      make(
        "p",
        { className: "quiet" },
        "Voters see pictures without knowing which system made them. What you set here is written " +
          "down before the first vote and cannot be changed later.",
      ),
      this.#text("name", "Name", suggested, "Voters never see it."),
      this.#radios("kind", "What is asked", [
        ["choice", "Which of two is better", "Pairs of systems, side by side"],
        ["prominence", "Is the artifact noticed", "One outlined region at a time"],
      ]),
      this.#buildSystems(),
      this.#area("questions", "Questions", defaults.questions.join("\n"), "One per line."),
      this.#radios("crops", "What is shown", [
        ["windows", "Windows", "Around accepted regions, and clean places"],
        ["whole", "Whole images", "Needs no masks"],
      ]),
      make(
        "div",
        { className: "numbers" },
        this.#number("window_px", "Window", defaults.window_px, "px"),
        this.#number("controls", "Clean windows", defaults.controls),
        this.#number("votes_per_pair", "Votes per pair", defaults.votes_per_pair),
        this.#number("trials_per_voter", "Votes per voter", defaults.trials_per_voter),
      ),
      this.#buildMore(defaults, rules),
      this.screening,
      this.#buildFoot(),
    );
    this.#check();
  }

  #buildMore(defaults, rules) {
    return make(
      "details",
      {},
      make("summary", {}, "More settings"),
      make(
        "div",
        { className: "numbers" },
        this.#number("check_share", "Hidden checks", percent(defaults.check_share), "%"),
        this.#number("training", "Practice trials", defaults.training),
        this.#number("min_seconds", "Minimum time", defaults.min_seconds, "s"),
        this.#number("max_items", "Windows at most", defaults.max_items),
        this.#number("max_voters", "Voters by open link", defaults.max_voters),
        this.#number("seed", "Seed", defaults.seed),
      ),
      this.#box("show_lr", "Voters may look at the input image", defaults.show_lr),
      make("h3", {}, "Voters are left out of the screened results"),
      make(
        "div",
        { className: "numbers" },
        this.#number("min_votes", "with fewer votes than", rules.min_votes),
        this.#number("min_gold", "judged by gold, from", rules.min_gold),
        this.#number("min_gold_pass", "gold right, below", percent(rules.min_gold_pass), "%"),
        this.#number("min_repeats", "repeats the same, below", percent(rules.min_repeats), "%"),
        this.#number("max_one_side", "one side, above", percent(rules.max_one_side), "%"),
        this.#number("min_median_seconds", "median time, below", rules.min_median_seconds, "s"),
      ),
      this.#text("title", "Title", defaults.title, "The first that voters read."),
      this.#area("consent", "Consent", defaults.consent, "What voters agree to."),
    );
  }

  #buildFoot() {
    this.message = make("p", { className: "message", role: "status" });
    this.button = make("button", { type: "submit", className: "primary needs-curator" }, "Make the study");
    this.progress = make("progress", { hidden: true, ariaLabel: "Cutting the pictures" });
    this.cancel = make("button", { type: "button", hidden: true }, "Cancel");
    this.cancel.addEventListener("click", () => this.host.onCancel());
    return make("div", { className: "foot" }, this.button, this.cancel, this.message, this.progress);
  }

  #buildSystems() {
    this.systems = this.choices.systems.map(({ id, name, images }) => {
      const box = make("input", { type: "checkbox", value: id });
      return { id, box, label: make("label", { title: name }, box, name, make("small", {}, ` ${countNoun(images, "image")}`)) };
    });
    this.#chooseSystems("choice");
    return make(
      "fieldset",
      {},
      make("legend", {}, "Systems"),
      ...this.systems.map(({ label }) => label),
    );
  }

  #chooseSystems(kind) {
    const chosen = guessSystems(this.choices.systems, kind);
    for (const { id, box } of this.systems) box.checked = chosen.includes(id);
    this.guessedFor = kind;
  }

  #keep(name, input, read = () => input.value) {
    this.fields[name] = { input, read };
    return input;
  }

  #text(name, title, value, about = "") {
    const input = this.#keep(name, make("input", { type: "text", name, value }));
    return make("label", { className: "field" }, title, input, make("small", {}, about));
  }

  #area(name, title, value, about) {
    const input = this.#keep(name, make("textarea", { name, value, rows: 3 }));
    const label = make("label", { className: "field" }, title, input, make("small", {}, about));
    label.dataset.field = name;
    return label;
  }

  #number(name, text, value, unit = "") {
    const { about = "", limits = "" } = this.choices.settings[name] ?? {};
    // Shares are declared as such, and typed in per cent.
    const title = [about, unit === "%" ? "" : limits].filter(Boolean).join(": ");
    const made = make("input", { type: "text", inputMode: "decimal", name, value, title });
    const input = this.#keep(name, made);
    return make("label", { className: "number" }, text, make("span", {}, input, unit));
  }

  #box(name, title, checked) {
    const input = make("input", { type: "checkbox", name, checked });
    this.#keep(name, input, () => input.checked);
    return make("label", { className: "box" }, input, title);
  }

  #radios(name, title, choices) {
    const inputs = choices.map(([value]) => make("input", { type: "radio", name, value }));
    inputs[0].checked = true;
    this.#keep(name, inputs[0], () => inputs.find(({ checked }) => checked).value);
    const group = make(
      "fieldset",
      { className: "radios" },
      make("legend", {}, title),
      ...choices.map(([, text, about], place) =>
        make("label", {}, inputs[place], make("span", {}, text, make("small", {}, about))),
      ),
    );
    group.dataset.field = name;
    return group;
  }

  #read() {
    const values = Object.fromEntries(
      Object.entries(this.fields).map(([name, { read }]) => [name, read()]),
    );
    const systems = this.systems.filter(({ box }) => box.checked).map(({ id }) => id);
    return { ...values, systems };
  }

  #check() {
    const kind = this.fields.kind.read();
    if (kind !== this.guessedFor) this.#chooseSystems(kind);
    for (const name of ["questions", "crops"]) {
      this.root.querySelector(`[data-field=${name}]`).hidden = kind === "prominence";
    }
    const form = this.#read();
    const order = readOrder(form);
    this.screening.textContent = order ? tellUnscreened(order, this.choices.defaults) : "";
    const missing = findMissing(form, this.choices, form.crops);
    if (this.progress.hidden) this.say(order ? missing : "A number cannot be read. Correct it, or leave it empty.", !order);
    if (this.progress.hidden) this.button.disabled = Boolean(missing) || !order;
    return order;
  }

  say(text, isWrong = false) {
    this.message.textContent = text;
    this.message.classList.toggle("wrong", isWrong);
  }

  async #submit() {
    const order = this.#check();
    if (this.button.disabled) return;
    this.#setBusy(true);
    this.say("Cutting the pictures…");
    try {
      await this.host.onMake(order, (job) => this.#showJob(job));
    } catch (error) {
      this.say(error.message, true);
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(isBusy) {
    this.button.disabled = isBusy;
    this.progress.hidden = !isBusy;
    this.cancel.hidden = !isBusy;
    this.progress.removeAttribute("value");
  }

  #showJob({ message, done, total, pace }) {
    if (total) this.progress.value = done / total;
    this.say([message, pace].filter(Boolean).join(" · "));
  }
}
