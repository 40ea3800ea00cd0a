// What can be done to all selected images at once. Each act says how many it is about before it is
// done; what can be taken back offers that after.

import { changeImages } from "./api.js";
import { announceChange, make } from "../../shared/dom.js";

const count = (number) => `${number} image${number === 1 ? "" : "s"}`;

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
  #names = [];

  /** @param {object} host has count(), request(), find(id), clear() and changed(ids left as they were). */
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

  /** Offer who an image can be assigned to. */
  learn({ annotators }) {
    this.#names = annotators.map(({ name }) => name);
  }

  #drop() {
    if (this.question.contains(document.activeElement)) this.page.focus();
    this.question.hidden = true;
    this.acts.hidden = false;
  }

  #ask(act) {
    const number = this.host.count();
    const [input, ...choices] = this.#makeInput(act);
    const go = make("button", { className: "primary" }, `${act.label} ${number}`);
    const submit = (event) => {
      event.preventDefault();
      const value = act.value === "wanted" ? Number(input.value) : input?.value.trim();
      const change = { action: act.action, ...(act.value ? { [act.value]: value } : {}) };
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

  /** What an act has to know, with what it can be chosen from; nothing for most. */
  #makeInput({ value }) {
    if (value === "wanted") {
      const options = [1, 2, 3].map((each) => make("option", { value: each }, `${each}`));
      return [make("select", {}, ...options)];
    }
    if (value !== "to") return [];
    const names = make("datalist", { id: "studio-queue-names" });
    names.append(...this.#names.map((name) => make("option", { value: name })));
    const input = make("input", { type: "text", maxLength: 100 });
    input.setAttribute("list", names.id);
    return [input, names];
  }

  async #run(act, change, images) {
    const { page } = this;
    await page.attempts.idle;
    // The image that is open may be among them: what is seen is what is judged, and it is kept.
    if (page.document?.dirty && !(await page.save())) return;
    const undo = this.#listUndo(act, images);
    const answer = await this.#send({ ...change, ...images });
    if (answer) this.#tell(act, change, answer, undo);
  }

  /** Send a change, and show the list as it is then; what was left as it was stays selected. */
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

  #tell(act, change, { done, skipped, earlier }, undo) {
    const isDeed = done > 0 && (undo !== null || earlier.length > 0);
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

  /** Say which images were left as they were, and why. */
  #sayLeft(text, skipped, ...links) {
    if (!skipped.length) return this.page.say(text);
    const [{ name, why }] = skipped;
    const title = skipped.slice(0, 20).map((each) => `${each.name}: ${each.why}`).join("\n");
    const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : "";
    const left = `${skipped.length} left as ${more ? "they were" : "it was"}: `;
    const first = make("span", { className: "why", title }, `${name}, ${why}`);
    this.page.say(text + left, false, first, `${more}. `, ...links);
  }

  async #showTakenBack({ skipped }) {
    await this.host.changed(skipped.map(({ id }) => id));
    this.#sayLeft("", skipped);
  }

  /** Send changes one after the other; answers as the server's `take-back`. */
  async #sendAll(changes) {
    let done = 0;
    for (const change of changes) done += (await changeImages(this.page.dataset, change)).done;
    return { done, skipped: [], earlier: [] };
  }

  /** The changes that take an act back; null where that cannot be known. */
  #listUndo({ action, value, before }, { images }) {
    const items = images?.map((id) => this.host.find(id)) ?? [];
    if (!before || !items.length || !items.every(Boolean)) return null;
    const groups = Map.groupBy(items, before);
    return [...groups].map(([was, group]) => ({
      action,
      [value]: was ?? "",
      images: group.map(({ id }) => id),
    }));
  }
}
