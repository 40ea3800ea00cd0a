// The Proof page: what a fine-tuning changed, in figures and component by component.

import { addressed, announceChange, find, make, pageAddress } from "../shared/dom.js";
import { fillSelect } from "../shared/controls.js";
import { countNoun } from "../shared/words.js";
import { loadProof, loadProofRuns, sendBack, startProof, weightsUrl } from "./api.js";
import { listOpen, writeWalk } from "./fates.js";
import { buildFigures, buildVerdict } from "./figures.js";
import { explainMissing, isActive, pickRun, titleRun } from "./runs.js";
import { Walk } from "./walk.js";

/** @import { ProofComponent, ProofRun, ProofView } from "#types/proof" */

const POLL_MS = 1000;

/** @param {Element} element */
export function mount(element) {
  const root = find(element, ".studio-proof", HTMLElement);
  if (root.childElementCount) return;
  new ProofPage(root).start();
}

class ProofPage {
  /** @type {ProofRun | null} */
  #run = null;
  /** @type {ProofView | null} */
  proof = null;
  /** What the menu shows, and what is said of a run without a proof: to tell what changed. */
  #shown = "";
  #missing = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    root.tabIndex = -1;
    root.setAttribute("aria-label", "Proof");
    this.walk = new Walk(this);
    this.walk.bindKeys(root);
    this.menu = make("select", { ariaLabel: "Fine-tuning", onchange: () => this.#choose() });
    this.facts = make("div", { className: "facts" });
    this.message = make("p", { className: "message", role: "status" });
    this.actions = make("div", { className: "actions" });
    const foot = make("div", { className: "foot" }, this.message, this.actions);
    this.side = make("aside", { ariaLabel: "Verdict" }, this.menu, this.facts, foot);
  }

  async start() {
    await this.#try(() => this.#load());
    this.root.dataset.ready = "true";
  }

  focus() {
    this.root.focus({ preventScroll: true });
  }

  /**
   * After a click with the mouse the keys go on working; with the keyboard focus stays.
   * @param {HTMLElement} button
   * @param {() => unknown} action
   */
  onClick(button, action) {
    button.addEventListener("click", (event) => {
      if (event.detail) this.focus();
      action();
    });
  }

  async #load() {
    const asked = { run: addressed("run"), dataset: addressed("dataset") };
    const { runs } = await loadProofRuns(asked.run);
    const run = pickRun(runs, asked);
    if (!runs.length || (!run && asked.run === null)) return this.root.replaceChildren(buildEmpty());
    if (!this.side.isConnected) this.root.replaceChildren(this.side);
    this.#fillMenu(runs, run);
    if (!run) return this.#say(`There is no fine-tuning ${asked.run}. Choose another above.`, true);
    this.#run = run;
    if (run.proven && !run.proving) await this.#showProof();
    else this.#showMissing();
    if (isActive(run)) this.#pollSoon();
  }

  /** Look again after a while; a server that is away is asked on. */
  #pollSoon() {
    setTimeout(async () => {
      if (!this.root.isConnected) return;
      await this.#try(() => this.#load(), () => this.#pollSoon());
    }, POLL_MS);
  }

  /**
   * @param {ProofRun[]} runs
   * @param {ProofRun | null} run
   */
  #fillMenu(runs, run) {
    const choices = runs.map((each) => [String(each.id), titleRun(each)]);
    if (!run) choices.unshift(["", "Choose a fine-tuning"]);
    const now = JSON.stringify(choices);
    // Only when it changed: a menu that is open would lose what its user points at.
    if (now !== this.#shown) fillSelect(this.menu, choices);
    this.#shown = now;
    this.menu.value = String(run?.id ?? "");
  }

  #choose() {
    location.search = writeWalk(location.search, { run: this.menu.value });
  }

  async #showProof() {
    if (!this.#run) return;
    const proof = await loadProof(this.#run.id);
    this.proof = proof;
    this.root.append(this.walk.element);
    this.facts.replaceChildren(
      ...buildVerdict(proof.proof),
      ...buildFigures(proof.proof, proof.dataset_id, proof.voters ?? []),
    );
    this.walk.show(proof);
    announceChange(); // the address has the dataset now
    this.#offer();
    this.focus();
  }

  /** What can be done next, the first thing first. */
  #offer() {
    const { proof } = this;
    if (!proof) return;
    const open = listOpen(proof.components);
    this.#say("");
    this.actions.replaceChildren();
    if (proof.flagged) this.#offerReview(proof, open.first);
    else if (open.count) {
      const send = make("button", { className: "primary needs-curator" }, `Send ${open.count} back into the review queue`);
      send.title = "Flags what is new or still there: Review then shows these images first";
      this.onClick(send, () => this.#try(() => this.#sendBack(send)));
      this.actions.append(send);
    }
    this.#offerModel();
  }

  /**
   * @param {ProofView} proof
   * @param {ProofComponent | null} first
   */
  #offerReview({ dataset_id: dataset }, first) {
    /** @type {Record<string, string | number>} */
    const parameters = { dataset, order: "flagged" };
    if (first) parameters.image = first.image_id;
    const href = pageAddress("/review", parameters);
    this.actions.prepend(make("a", { className: "button primary", href }, "Review what was sent back"));
  }

  /** @param {HTMLButtonElement} button */
  async #sendBack(button) {
    if (!this.#run || !this.proof) return;
    button.disabled = true;
    try {
      const { images, components } = await sendBack(this.#run.id);
      this.proof.flagged = true;
      this.#offer();
      const flagged = `${countNoun(components, "component")} on ${countNoun(images, "image")}`;
      this.#say(`${flagged} flagged. Review lists these images first.`);
      announceChange();
      this.actions.querySelector("a")?.focus();
    } finally {
      button.disabled = false;
    }
  }

  #offerModel() {
    if (!this.#run) return;
    const { id, model_id: model, dataset_id: dataset } = this.#run;
    const again = pageAddress("/fine-tune", model === null ? { dataset } : { dataset, model });
    this.actions.append(
      make("a", { className: "button", href: again }, "Fine-tune again from this model"),
      make("a", { className: "button", href: weightsUrl(id), download: "" }, "Download the weights"),
    );
  }

  #showMissing() {
    if (!this.#run) return;
    const { text, action } = explainMissing(this.#run);
    this.#say(text);
    const { id, dataset_id: dataset, status } = this.#run;
    const now = JSON.stringify([id, status, action]);
    // Only what changed: what has the focus would lose it.
    if (now === this.#missing) return;
    this.#missing = now;
    this.facts.replaceChildren(make("h2", {}, "No proof to show"));
    const link = (/** @type {string} */ title) =>
      make("a", { className: "button primary", href: pageAddress("/fine-tune", { dataset }) }, title);
    this.actions.replaceChildren();
    if (action === "prove") {
      const prove = make("button", { className: "primary needs-curator" }, "Prove again");
      this.onClick(prove, () => this.#try(() => this.#prove(prove)));
      this.actions.append(prove);
    }
    if (action === "watch") this.actions.append(link("Watch it on Fine-tune"));
    if (action === "fine-tune") this.actions.append(link("Go to Fine-tune"));
    if (status === "done") this.#offerModel();
  }

  /** @param {HTMLButtonElement} button */
  async #prove(button) {
    if (!this.#run) return;
    button.disabled = true;
    try {
      await startProof(this.#run.id);
      announceChange();
      await this.#load();
    } finally {
      button.disabled = false;
    }
  }

  /** @param {string} text */
  #say(text, wrong = false) {
    this.message.textContent = text;
    this.message.classList.toggle("wrong", wrong);
    this.message.hidden = !text;
  }

  /** @param {() => Promise<unknown>} action */
  async #try(action, onFailure = () => {}) {
    try {
      await action();
    } catch (error) {
      if (!this.side.isConnected) this.root.replaceChildren(this.side);
      this.#say(error.message, true);
      onFailure();
    }
  }
}

/** What the page shows before the first fine-tuning. */
const buildEmpty = () =>
  make(
    "div",
    { className: "empty" },
    make("h2", {}, "Nothing to prove yet"),
    make(
      "p",
      {},
      "Fine-tuning holds some of your accepted images out. When it ends, this page shows on them " +
        "which artifacts are gone, which are new, and whether anything else got worse.",
    ),
    make("a", { className: "button primary", href: pageAddress("/fine-tune") }, "Fine-tune a model"),
  );
