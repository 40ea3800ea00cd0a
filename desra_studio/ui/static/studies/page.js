// The Studies page: the studies of a dataset, a new one, and what each found.

import { loadLoop } from "../shared/api.js";
import { addressed, announceChange, make, pageAddress, remember } from "../shared/dom.js";
import { countNoun } from "../shared/words.js";
import {
  cancelJob,
  closeStudy,
  keepProminence,
  loadJob,
  loadReport,
  loadStudies,
  loadStudy,
  makeLinks,
  makeStudy,
  openStudy,
  sendBack,
} from "./api.js";
import { StudyForm } from "./form.js";
import { buildLinks } from "./links.js";
import { buildDownloads, buildResults } from "./results.js";
import { tellItems, tellProgress, tellScreening } from "./words.js";

const POLL_MS = 3000;
const JOB_POLL_MS = 400;
const STATES = { draft: "Draft", open: "Open", closed: "Closed" };

export function mount(element) {
  const root = element.querySelector(".studio-studies");
  if (root.childElementCount) return;
  new StudiesPage(root).start();
}

class StudiesPage {
  #side = "screened";
  /** What is shown of the open study: to draw only what changed. */
  #drawn = {};

  constructor(root) {
    this.root = root;
    this.list = make("ul", {});
    this.fresh = make("button", { type: "button", className: "needs-curator", onclick: () => this.#new() }, "New study");
    this.side = make("aside", { ariaLabel: "Studies" }, this.fresh, this.list);
    this.main = make("div", { className: "main" });
    this.message = make("p", { className: "message", role: "status" });
    this.form = new StudyForm({ 
      onMake: (order, onProgress) => this.#make(order, onProgress),
      onCancel: () => this.#guard(async () => cancelJob(await this.making)),
    });
    this.parts = {
      head: make("header", {}),
      links: make("div", {}),
      results: make("div", { className: "results" }),
    };
  }

  async start() {
    try {
      this.dataset = (await loadLoop(addressed("dataset"))).dataset;
      if (this.dataset === null) return this.#showEmpty();
      this.root.append(this.side, this.main);
      await this.#refreshList();
      const wanted = Number(addressed("study"));
      const known = this.studies.find(({ id }) => id === wanted) ?? this.studies[0];
      if (known) await this.#choose(known.id);
      else this.#new();
    } catch (error) {
      this.root.replaceChildren(make("p", { className: "message wrong", role: "alert" }, error.message));
    } finally {
      this.root.dataset.ready = "true";
    }
    const timer = setInterval(() => {
      if (!this.root.isConnected) clearInterval(timer);
      else if (!document.hidden) this.#poll();
    }, POLL_MS);
  }

  async #refreshList() {
    const { studies, choices } = await loadStudies(this.dataset);
    this.studies = studies;
    this.choices = choices;
    this.#drawList();
  }

  #drawList() {
    const now = JSON.stringify([this.studies, this.chosen]);
    if (now === this.#drawn.list) return;
    this.#drawn.list = now;
    const focused = this.list.contains(document.activeElement)
      ? document.activeElement.dataset.study
      : null;
    this.list.replaceChildren(
      ...this.studies.map(({ id, name, state, votes, wanted, kind }) => {
        const button = make(
          "button",
          { type: "button", onclick: () => this.#guard(() => this.#choose(id)) },
          make("strong", {}, name),
          make("span", {}, `${STATES[state]} · ${kind === "choice" ? "" : "prominence · "}${votes} of ${countNoun(wanted, "vote")}`),
        );
        button.dataset.study = id;
        if (id === this.chosen) button.setAttribute("aria-current", "true");
        return make("li", {}, button);
      }),
    );
    if (focused) this.list.querySelector(`[data-study="${focused}"]`)?.focus();
  }

  #new() {
    this.chosen = null;
    remember("study", null);
    const number = this.studies.length + 1;
    this.form.show(this.choices, `Study ${number}`);
    this.main.replaceChildren(this.form.root, make("p", { className: "only-reviewer" }, "There is no study of this dataset yet. A curator makes one, and gives you its link."));
    this.main.scrollTop = 0;
    this.#drawList();
  }

  async #make(order, onProgress) {
    // Cancel may be pressed before the job is known.
    this.making = makeStudy(this.dataset, order).then(({ job: id }) => id);
    const job = await this.making;
    announceChange();
    for (;;) {
      const told = await loadJob(job);
      if (!told.active) return this.#made(told);
      onProgress(told);
      await new Promise((done) => setTimeout(done, JOB_POLL_MS));
    }
  }

  async #made({ study, message }) {
    announceChange();
    if (study === null) throw new Error(message);
    await this.#refreshList();
    // Who went on to another study meanwhile stays there.
    if (this.chosen === null) await this.#choose(study);
  }

  async #choose(id) {
    const study = await loadStudy(id);
    this.chosen = id;
    this.#drawn = {};
    remember("study", id);
    this.say("");
    const { head, links, results } = this.parts;
    this.main.replaceChildren(head, this.message, links, results);
    this.main.scrollTop = 0;
    await this.#show(study);
    this.#drawList();
  }

  /** Draw a study where anything changed; what is typed into stays. */
  async #show(study) {
    const report = await loadReport(study.id);
    if (study.id !== this.chosen) return;
    this.study = study;
    this.report = report;
    this.#draw("head", [study.state, study.votes, study.voters, study.name], () => this.#buildHead());
    this.#draw("links", [study.state, study.links, study.joined], () => [
      buildLinks(study, (labels, days) => this.#makeLinks(labels, days)),
    ]);
    this.#drawResults();
    this.root.dataset.votes = String(study.votes);
  }

  #drawResults() {
    this.#draw("results", [this.report, this.#side], () => [
      make("h2", {}, "Results"),
      ...buildResults(this.report, this.#side, {
        onSide: (side) => {
          this.#side = side;
          this.#drawResults();
          this.parts.results.querySelector('[aria-pressed="true"]').focus();
        },
        onSendBack: () => this.#guard(() => this.#sendBack()),
        onProminence: () => this.#guard(() => this.#keepProminence()),
      }),
      buildDownloads(this.study),
    ]);
  }

  #draw(part, values, build) {
    const now = JSON.stringify(values);
    const element = this.parts[part];
    // A name that is being typed is not taken away by votes that come in.
    const isTyped = part === "links" && element.querySelector("textarea:focus, textarea:not(:placeholder-shown)");
    if (now === this.#drawn[part] || (isTyped && this.#drawn[part])) return;
    this.#drawn[part] = now;
    element.replaceChildren(...build());
  }

  #buildHead() {
    const { study } = this;
    const state = make("span", { className: `state ${study.state}` }, STATES[study.state]);
    const progress = make("progress", { max: study.wanted, value: Math.min(study.votes, study.wanted) });
    progress.ariaLabel = "Votes";
    return [
      make("div", { className: "title" }, make("h2", {}, study.name), state, this.#buildAction()),
      make("p", {}, study.systems.join(" · ")),
      make("p", { className: study.screening.missing ? "screening" : "quiet" }, tellScreening(study.screening)),
      make("p", { className: "quiet" }, `${study.questions.join(" · ")} · ${tellItems(study.items)}`),
      progress,
      make("p", {}, tellProgress(study)),
    ];
  }

  /** The one next step of a study. */
  #buildAction() {
    const { state, id, links } = this.study;
    const act = (text, change, className = "") =>
      make("button", { type: "button", className, onclick: () => this.#guard(() => this.#change(change)) }, text);
    if (state === "draft") {
      const look = make("a", { className: "button", href: links.open, target: "_blank" }, "See the page");
      return make("span", { className: "actions" }, act("Open the study", () => openStudy(id), "primary needs-curator"), look);
    }
    if (state === "closed") return make("span", {});
    return make("span", { className: "actions" }, this.#buildClose());
  }

  /** Closing is for good: it is asked for once more in place. */
  #buildClose() {
    const button = make("button", { type: "button", className: "needs-curator" }, "Close the study");
    button.addEventListener("click", () => {
      if (button.dataset.sure) return this.#guard(() => this.#change(() => closeStudy(this.study.id)));
      button.dataset.sure = "true";
      button.textContent = "Close for good";
      setTimeout(() => {
        delete button.dataset.sure;
        button.textContent = "Close the study";
      }, 4000);
    });
    return button;
  }

  async #change(change) {
    await this.#show(await change());
    await this.#refreshList();
  }

  async #makeLinks(labels, days) {
    const study = await makeLinks(this.study.id, labels, days);
    this.#drawn.links = "";
    this.parts.links.replaceChildren();
    await this.#show(study);
  }

  async #sendBack() {
    const { images, windows } = await sendBack(this.study.id);
    announceChange();
    this.say(`${countNoun(windows, "window")} on ${countNoun(images, "image")} flagged. `);
    const href = pageAddress("/review", { order: "flagged" });
    this.message.append(make("a", { href }, "Review what was sent back"));
    this.message.scrollIntoView({ block: "nearest" });
  }

  async #keepProminence() {
    const { regions } = await keepProminence(this.study.id);
    this.say(`How many voters noticed an artifact is kept with ${countNoun(regions, "region")}. `);
    this.message.append(make("a", { href: pageAddress("/scores") }, "Score the prominent ones"));
    this.message.scrollIntoView({ block: "nearest" });
  }

  say(text, isWrong = false) {
    this.message.textContent = text;
    this.message.classList.toggle("wrong", isWrong);
  }

  async #poll() {
    if (this.isPolling || !this.chosen || this.study?.state !== "open") return;
    this.isPolling = true;
    try {
      const study = await loadStudy(this.chosen);
      if (study.votes !== this.study.votes || study.state !== this.study.state || study.joined !== this.study.joined) {
        await this.#show(study);
        await this.#refreshList();
      }
    } catch (error) {
      this.say(error.message, true);
    } finally {
      this.isPolling = false;
    }
  }

  async #guard(action) {
    try {
      await action();
    } catch (error) {
      this.say(error.message, true);
      this.message.scrollIntoView({ block: "nearest" });
    }
  }

  #showEmpty() {
    this.root.replaceChildren(
      make(
        "div",
        { className: "empty" },
        make("h2", {}, "Do people see the difference?"),
        make(
          "p",
          {},
          "A study shows pairs of outputs blindly, side by side, and counts what people choose. There " +
            "is no dataset yet: import one first, or open the demo dataset.",
        ),
        make("a", { className: "button primary", href: pageAddress("/") }, "Go to Datasets"),
      ),
    );
  }
}
