// Second opinions: who was asked, who answered, how far they agree, and what is made of it.

import { askOpinions, makeConsensus } from "./revisions_api.js";
import { groupDigits } from "../../masks/components.js";
import { make } from "../../shared/dom.js";
import { encodeRuns } from "../../masks/runs.js";

/** @import { HistoryPanel } from "./history_panel.js" */
/** @import { Agreement, ImageRecord, Opinion, OpinionsTold, ReviewPage } from "#types/review" */

/** @typedef {"majority" | "union" | "mask"} Method how a consensus is made. */

export class OpinionsPanel {
  element = make("section", { className: "opinions", ariaLabel: "Opinions" });

  /**
   * @param {ReviewPage} page
   * @param {HistoryPanel} panel shows masks.
   */
  constructor(page, panel) {
    this.page = page;
    this.panel = panel;
  }

  /**
   * Show what an image's record says of its opinions.
   * @param {Pick<ImageRecord, "opinions">} record
   */
  show({ opinions }) {
    this.element.replaceChildren(
      make("h3", {}, "Opinions"),
      ...(opinions ? this.#describe(opinions) : [this.#makeAsking("Ask for a label from", 1)]),
    );
  }

  /** @param {OpinionsTold} opinions */
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

  /** @param {Opinion} opinion */
  #makeRow({ author, state, area_px, revision, sha }) {
    const text = state ? `${state} · ${groupDigits(area_px ?? 0)} px` : "given";
    const row = make("li", {}, make("span", { className: "author" }, author), make("span", {}, text));
    if (revision && sha) {
      const source = { id: revision, sha };
      const view = make("button", { title: `Show the mask of ${author}` }, "View");
      this.page.onClick(view, () => this.panel.view(source, author));
      const compare = make("button", { title: "With the mask on the page" }, "Compare");
      this.page.onClick(compare, () => this.panel.compare(source, author));
      row.append(make("div", { className: "acts" }, view, compare));
    }
    return row;
  }

  /** @param {OpinionsTold} opinions */
  #makeConsensus({ version, given }) {
    /**
     * @param {string} label
     * @param {string} title
     * @param {Method} method
     */
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

  /**
   * @param {string} text
   * @param {number} wanted
   */
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

  /** @param {number} wanted */
  async #ask(wanted) {
    const { page } = this;
    const { document } = page;
    if (!document) return;
    const { id } = document.record;
    // Whose label is worked on changes with it: what is not saved has to be somebody's first.
    if (document.dirty && !(await page.save())) return;
    try {
      await askOpinions(id, wanted);
      await this.#reopen();
      const text = wanted > 1 ? `${wanted} people are asked for a label of their own.` : "One label is enough.";
      page.say(text);
    } catch (error) {
      page.say(error.message, true);
    }
  }

  /**
   * @param {number} version
   * @param {Method} method
   */
  async #settle(version, method) {
    const { page } = this;
    const { document } = page;
    if (!document) return;
    const { id } = document.record;
    const runs = method === "mask" ? encodeRuns(document.mask) : null;
    if (method !== "mask" && document.dirty) {
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

/** @param {Agreement} agreement */
function describeAgreement({ mean, pairs }) {
  /** @param {number} iou */
  const percent = (iou) => `${Math.round(100 * iou)} %`;
  const lines = pairs.map(({ authors, iou }) => make("li", {}, `${authors.join(" and ")}: ${percent(iou)}`));
  return [
    make("p", { title: "Intersection over union of their masks" }, `Agreement (IoU) ${percent(mean)}`),
    ...(pairs.length > 1 ? [make("ul", { className: "pairs" }, ...lines)] : []),
  ];
}
