// What can be done to all selected images at once. Each act says how many it is about before it is
// done; what can be taken back offers that after.

import { changeImages } from "./api.js";
import { announceChange, make } from "../../shared/dom.js";
import { countNoun } from "../../shared/words.js";

/**
 * @import {
 *   ChangeReport,
 *   ChosenImages,
 *   Progress,
 *   QueueItem,
 *   ReviewPage,
 *   SkippedImage,
 * } from "#types/review"
 */

/**
 * @typedef {{
 *   action: string,
 *   label: string,
 *   ask: (number: number) => string,
 *   done: (number: number, change: Change) => string,
 *   value?: "to" | "wanted",
 *   before?: (item: QueueItem) => string | number | null,
 *   force?: string,
 * }} Act `value` is what it has to know, `before` tells what that was of an image, `force` offers
 *   to do it to what it left as it was.
 */

/** @typedef {{ action: string, to?: string, wanted?: number, force?: boolean }} Change */

/**
 * @typedef {{
 *   count: () => number,
 *   request: () => ChosenImages,
 *   find: (id: number) => QueueItem | null | undefined,
 *   changed: (left: number[]) => Promise<void>,
 *   clear: () => void,
 * }} Host tells what is selected; `changed` hears which images were left as they were.
 */

/** @param {number} number */
const count = (number) => countNoun(number, "image");

/** @type {Act[]} */
const ACTS = [
  {
    action: "accept",
    label: "Accept",
    ask: (number) =>
      `Accept the mask that ${number === 1 ? "it has" : "each of them has"}: saved, or detected.`,
    done: (number) => `${count(number)} accepted.`,
  },
  {
    action: "clean",
    label: "Clean",
    ask: () => "Call clean what marks nothing.",
    done: (number) => `${count(number)} called clean.`,
    force: "Empty what is left",
  },
  {
    action: "assign",
    label: "Assign",
    ask: () => "Assign to (nobody: leave empty)",
    value: "to",
    before: (item) => item.assigned_to,
    done: (number, { to }) => `${count(number)} assigned to ${to || "nobody"}.`,
  },
  {
    action: "ask_opinions",
    label: "Opinions",
    ask: () => "How many people label each?",
    value: "wanted",
    before: (item) => item.opinions?.wanted ?? 1,
    done: (number, { wanted }) =>
      `${count(number)} to be labelled by ${wanted === 1 ? "one person" : `${wanted} people`}.`,
  },
];

export class QueueBulk {
  #number = 0;
  /** @type {string[]} */
  #names = [];

  /**
   * @param {ReviewPage} page
   * @param {Host} host
   */
  constructor(page, host) {
    this.page = page;
    this.host = host;
    this.about = make("strong", { role: "status" });
    this.acts = make(
      "div",
      { className: "acts" },
      ...ACTS.map((act) => make("button", { onclick: () => this.#ask(act) }, act.label)),
    );
    this.question = make("div", { className: "question", hidden: true });
    const clear = make("button", { className: "link", onclick: () => host.clear() }, "None");
    clear.title = "Select nothing";
    this.element = make(
      "div",
      { className: "bulk", role: "group", ariaLabel: "Selected images", hidden: true },
      make("div", { className: "line" }, this.about, clear),
      this.acts,
      this.question,
    );
  }

  /** Show how many are selected; a question that was open is about others now. */
  refresh() {
    const number = this.host.count();
    if (number === this.#number) return;
    this.#number = number;
    this.element.hidden = number === 0;
    this.about.textContent = `${number} selected`;
    this.#drop();
  }

  /**
   * Offer who an image can be assigned to.
   * @param {Progress} facts
   */
  learn({ annotators }) {
    this.#names = annotators.map(({ name }) => name);
  }

  #drop() {
    if (this.question.contains(document.activeElement)) this.page.focus();
    this.question.hidden = true;
    this.acts.hidden = false;
  }

  /** @param {Act} act */
  #ask(act) {
    const number = this.host.count();
    const { input, choices } = this.#makeInput(act);
    const go = make("button", { className: "primary" }, `Apply to ${count(number)}`);
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const value = input?.value.trim();
      /** @type {Change} */
      const change = { action: act.action };
      if (act.value === "wanted") change.wanted = Number(value);
      else if (act.value === "to") change.to = value;
      const images = this.host.request();
      this.#drop();
      this.#run(act, change, images);
    };
    const cancel = make("button", { type: "button", onclick: () => this.#drop() }, "Cancel");
    const form = make(
      "form",
      { onsubmit: submit },
      make("label", {}, make("span", {}, act.ask(number)), ...(input ? [input] : [])),
      ...choices,
      make("div", { className: "line" }, go, cancel),
    );
    form.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") cancel.click();
    });
    this.question.replaceChildren(form);
    this.question.hidden = false;
    this.acts.hidden = true;
    (input ?? go).focus();
  }

  /**
   * What an act has to know, with what it can be chosen from; nothing for most.
   * @param {Act} act
   * @returns {{ input: HTMLInputElement | HTMLSelectElement | null, choices: HTMLElement[] }}
   */
  #makeInput({ value }) {
    if (value === "wanted") {
      const options = [1, 2, 3].map((each) => make("option", { value: each }, `${each}`));
      return { input: make("select", {}, ...options), choices: [] };
    }
    if (value !== "to") return { input: null, choices: [] };
    const names = make("datalist", { id: "studio-queue-names" });
    names.append(...this.#names.map((name) => make("option", { value: name })));
    const input = make("input", { type: "text", maxLength: 100 });
    input.setAttribute("list", names.id);
    return { input, choices: [names] };
  }

  /**
   * @param {Act} act
   * @param {Change} change
   * @param {ChosenImages} images
   */
  async #run(act, change, images) {
    const { page } = this;
    await page.attempts.idle;
    // The image that is open may be among them: what is seen is what is judged, and it is kept.
    if (page.document?.dirty && !(await page.save())) return;
    const undo = this.#listUndo(act, images);
    const answer = await this.#send({ ...change, ...images });
    if (answer) this.#tell(act, change, answer, undo);
  }

  /**
   * Send a change, and show the list as it is then; what was left as it was stays selected.
   * @param {Change & ChosenImages} change
   */
  async #send(change) {
    this.page.say("Changing …");
    try {
      const answer = await changeImages(this.page.dataset, change);
      await this.host.changed(answer.skipped.map(({ id }) => id));
      return answer;
    } catch (error) {
      this.page.say(error.message, true);
      return null;
    } finally {
      announceChange();
    }
  }

  /**
   * @param {Act} act
   * @param {Change} change
   * @param {ChangeReport} report
   * @param {(Change & { images: number[] })[] | null} undo
   */
  #tell(act, change, { done, skipped, earlier }, undo) {
    const isDeed = done > 0 && (undo !== null || earlier.length > 0);
    /** @type {Node[]} */
    const links = [];
    if (skipped.length && act.force) {
      const images = { images: skipped.map(({ id }) => id) };
      const force = () => {
        this.page.focus(); // the button goes
        this.#run(act, { ...change, force: true }, images);
      };
      links.push(make("button", { className: "link", onclick: force }, act.force));
    }
    this.#sayLeft(isDeed ? "" : `${act.done(done, change)} `, skipped, ...links);
    if (!isDeed) return;
    this.page.deeds.add({
      number: done,
      done: (number) => act.done(number, change),
      undone: (number) => `${count(number)} ${number === 1 ? "is" : "are"} as before.`,
      labels: earlier,
      send: undo && (() => this.#sendAll(undo)),
      after: (answer) => this.#showTakenBack(answer),
    });
  }

  /**
   * Say which images were left as they were, and why.
   * @param {string} text
   * @param {SkippedImage[]} skipped
   * @param {...Node} links
   */
  #sayLeft(text, skipped, ...links) {
    if (!skipped.length) return this.page.say(text);
    const [{ name, why }] = skipped;
    const title = skipped.slice(0, 20).map((each) => `${each.name}: ${each.why}`).join("\n");
    const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : "";
    const left = `${skipped.length} left as ${more ? "they were" : "it was"}: `;
    const first = make("span", { className: "why", title }, `${name}, ${why}`);
    this.page.say(text + left, false, first, `${more}. `, ...links);
  }

  /** @param {ChangeReport} report */
  async #showTakenBack({ skipped }) {
    await this.host.changed(skipped.map(({ id }) => id));
    this.#sayLeft("", skipped);
  }

  /**
   * Send changes one after the other; answers as the server's `take-back`.
   * @param {(Change & { images: number[] })[]} changes
   * @returns {Promise<ChangeReport>}
   */
  async #sendAll(changes) {
    let done = 0;
    for (const change of changes) done += (await changeImages(this.page.dataset, change)).done;
    return { done, skipped: [], earlier: [] };
  }

  /**
   * The changes that take an act back; null where that cannot be known.
   * @param {Act} act
   * @param {ChosenImages} chosen
   * @returns {(Change & { images: number[] })[] | null}
   */
  #listUndo({ action, value, before }, chosen) {
    const ids = "images" in chosen ? chosen.images : [];
    const items = ids.flatMap((id) => this.host.find(id) ?? []);
    if (!before || !value || !items.length || items.length < ids.length) return null;
    const groups = Map.groupBy(items, before);
    return [...groups].map(([was, group]) => ({
      action,
      [value]: was ?? "",
      images: group.map(({ id }) => id),
    }));
  }
}
