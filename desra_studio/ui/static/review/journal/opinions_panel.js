// Second opinions: who was asked, who answered, how far they agree, and what is made of it.

import { askOpinions, makeConsensus } from "./revisions_api.js";
import { groupDigits } from "../../masks/components.js";
import { make } from "../../shared/dom.js";
import { encodeRuns } from "../../masks/runs.js";

export class OpinionsPanel {
  element = make("section", { className: "opinions", ariaLabel: "Opinions" });

  /** @param {object} panel shows masks: `view` and `compare` of a HistoryPanel. */
  constructor(page, panel) {
    this.page = page;
    this.panel = panel;
  }

  /** Show what an image's record says of its opinions. */
  show({ opinions }) {
    this.element.replaceChildren(
      make("h3", {}, "Opinions"),
      ...(opinions ? this.#describe(opinions) : [this.#makeAsking("Ask for a label from", 1)]),
    );
  }

  #describe(opinions) {
    const { wanted, given, hidden, agreement } = opinions;
    const isSettled = wanted === 1;
    const parts = [
      make("p", {}, isSettled ? "Settled by a consensus." : `${given.length} of ${wanted} given.`),
      make("ul", {}, ...given.map((opinion) => this.#makeRow(opinion))),
    ];
    if (hidden) parts.push(make("p", { className: "none" }, "The others' masks are shown once yours is given."));
    if (agreement) parts.push(...describeAgreement(agreement));
    if (!isSettled && !hidden && given.length > 1) parts.push(this.#makeConsensus(opinions));
    if (!isSettled) parts.push(this.#makeAsking("Wanted:", wanted));
    return parts;
  }

  #makeRow({ author, state, area_px, revision, sha }) {
    const text = state ? `${state} · ${groupDigits(area_px)} px` : "given";
    const row = make("li", {}, make("span", { className: "author" }, author), make("span", {}, text));
    if (revision) {
      const source = { id: revision, sha };
      const view = make("button", { title: `Show the mask of ${author}` }, "View");
      this.page.onClick(view, () => this.panel.view(source, author));
      const compare = make("button", { title: "With the mask on the page" }, "Compare");
      this.page.onClick(compare, () => this.panel.compare(source, author));
      row.append(make("div", { className: "acts" }, view, compare));
    }
    return row;
  }

  #makeConsensus({ version, given }) {
    const button = (label, title, method) => {
      const made = make("button", { title }, label);
      this.page.onClick(made, () => this.#settle(version, method));
      return made;
    };
    const majority = given.length > 2 ? "What most of them marked" : "What both of them marked";
    return make(
      "div",
      { className: "settle" },
      make("span", {}, "Make a consensus"),
      button("Majority", majority, "majority"),
      button("Union", "What any of them marked", "union"),
      button("This mask", "The mask on the page, as you see it", "mask"),
    );
  }

  #makeAsking(text, wanted) {
    const choices = [1, 2, 3].map((count) => {
      const label = count === 1 ? "one" : `${count} people`;
      const button = make("button", {}, label);
      button.setAttribute("aria-pressed", String(count === wanted));
      this.page.onClick(button, () => this.#ask(count));
      return button;
    });
    return make("div", { className: "asking", role: "group", ariaLabel: text }, text, ...choices);
  }

  async #ask(wanted) {
    const { page } = this;
    const { id } = page.document.record;
    // Whose label is worked on changes with it: what is not saved has to be somebody's first.
    if (page.document.dirty && !(await page.save())) return;
    try {
      await askOpinions(id, wanted);
      await this.#reopen();
      const text = wanted > 1 ? `${wanted} people are asked for a label of their own.` : "One label is enough.";
      page.say(text);
    } catch (error) {
      page.say(error.message, true);
    }
  }

  async #settle(version, method) {
    const { page } = this;
    const { id } = page.document.record;
    const runs = method === "mask" ? encodeRuns(page.document.mask) : null;
    if (method !== "mask" && page.document.dirty) {
      return page.say("Save your own mask first (Ctrl+S), then make the consensus.", true);
    }
    try {
      const { revision } = await makeConsensus(id, version, method, runs);
      await this.#reopen();
      page.say(`The consensus is saved as revision ${revision.number}.`);
    } catch (error) {
      page.say(error.message, true);
    }
  }

  async #reopen() {
    await this.page.reload(true);
    await this.panel.reload();
  }
}

function describeAgreement({ mean, pairs }) {
  const percent = (iou) => `${Math.round(100 * iou)} %`;
  const lines = pairs.map(({ authors, iou }) => make("li", {}, `${authors.join(" and ")}: ${percent(iou)}`));
  return [
    make("p", { title: "Intersection over union of their masks" }, `Agreement (IoU) ${percent(mean)}`),
    ...(pairs.length > 1 ? [make("ul", { className: "pairs" }, ...lines)] : []),
  ];
}
