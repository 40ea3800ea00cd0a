// What can be done to all selected images at once. Each act says how many it is about before it is
// done; what can be taken back offers that after.

import { changeImages } from "../../queue_api.js";
import { announceChange, make } from "../../dom.js";

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
    // The image that is open may be among them: what is seen is what is judged.
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

  #tell(act, change, { done, skipped }, undo) {
    const links = [];
    if (undo) links.push(this.#makeLink("Undo", () => this.#undo(undo)));
    if (skipped.length) {
      const reasons = skipped.map(({ name, why }) => `${name}: ${why}`);
      const title = reasons.slice(0, 20).join("\n");
      const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : "";
      const were = more ? "they were" : "it was";
      const text = `${skipped.length} left as ${were}: ${skipped[0].name}, ${skipped[0].why}`;
      links.push(make("span", { className: "why", title }, text), `${more}. `);
      const images = { images: skipped.map(({ id }) => id) };
      const force = () => this.#run(act, { ...change, force: true }, images);
      if (act.force) links.push(this.#makeLink(act.force, force));
    }
    this.page.say(`${act.done(done, change)} `, false, ...links);
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

  async #undo(changes) {
    for (const change of changes) if (!(await this.#send(change))) return;
    this.page.say("Taken back.");
  }

  #makeLink(text, action) {
    return make("button", { className: "link", onclick: action }, text);
  }
}
