// What can be done to all selected images at once. Each act says how many it is about before it is
// done; what can be taken back offers that after.

import { changeImages } from "../queue_api.js";
import { announceChange, make } from "../dom.js";

const count = (number) => `${number} image${number === 1 ? "" : "s"}`;

const ACTS = [
  {
    action: "accept",
    label: "Accept",
    ask: (number) => `Accept the mask that ${number === 1 ? "it has" : "each of them has"}: saved, or detected.`,
    done: (number) => `${count(number)} accepted.`,
  },
  {
    action: "clean",
    label: "Clean",
    ask: () => "Call clean what marks nothing.",
    done: (number) => `${count(number)} called clean.`,
    force: "Clear their masks and call them clean",
  },
  {
    action: "assign",
    label: "Assign",
    ask: () => "Assign to (nobody: leave empty)",
    value: "to",
    before: (item) => item.assigned_to,
    done: (number, { to }) => (to ? `${count(number)} assigned to ${to}.` : `${count(number)} assigned to nobody.`),
  },
  {
    action: "ask_opinions",
    label: "Opinions",
    ask: () => "How many people label each?",
    value: "wanted",
    before: (item) => item.opinions?.wanted ?? 1,
    done: (number, { wanted }) => `${count(number)} ${number === 1 ? "asks" : "ask"} for ${wanted === 1 ? "one opinion" : `${wanted} opinions`}.`,
  },
];

export class QueueBulk {
  /** @param {object} host has count(), request(), find(id), changed(change) and clear(). */
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
    if (number === this.number) return;
    this.number = number;
    this.element.hidden = number === 0;
    this.about.textContent = `${number} selected`;
    this.#drop();
  }

  /** Offer who an image can be assigned to. */
  learn({ annotators }) {
    this.names = annotators.map(({ name }) => name);
  }

  #drop() {
    this.question.hidden = true;
    this.acts.hidden = false;
  }

  #ask(act) {
    const number = this.host.count();
    const input = this.#makeInput(act);
    const go = make("button", { className: "primary" }, `${act.label} ${number}`);
    const submit = (event) => {
      event.preventDefault();
      const value = act.value === "wanted" ? Number(input.value) : input?.value.trim();
      this.#run(act, { action: act.action, ...(act.value ? { [act.value]: value } : {}) });
    };
    const cancel = make("button", { type: "button", onclick: () => this.#drop() }, "Cancel");
    const form = make(
      "form",
      { onsubmit: submit },
      make("label", {}, make("span", {}, act.ask(number)), ...(input ? [input] : [])),
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

  #makeInput({ value }) {
    if (value === "wanted") {
      return make("select", {}, ...[1, 2, 3].map((each) => make("option", { value: each }, `${each}`)));
    }
    if (value !== "to") return null;
    const names = make("datalist", { id: "studio-queue-names" });
    names.append(...(this.names ?? []).map((name) => make("option", { value: name })));
    this.question.append(names);
    const input = make("input", { type: "text", maxLength: 100 });
    input.setAttribute("list", names.id);
    return input;
  }

  async #run(act, change) {
    const { page } = this;
    // The image that is open may be among them: what is seen is what is judged.
    if (page.document?.dirty && !(await page.save())) return;
    const request = { ...change, ...this.host.request() };
    const undo = this.#listUndo(act, request.images);
    const answer = await this.#send(request);
    if (!answer) return;
    await this.host.changed();
    const links = [];
    if (undo) links.push(this.#makeLink("Undo", () => this.#undo(undo)));
    if (act.force && answer.skipped.length) {
      const images = answer.skipped.map(({ id }) => id);
      const forced = { ...change, images, force: true };
      links.push(this.#makeLink(act.force, () => this.#repeat(act, forced)));
    }
    this.#tell(act, change, answer, links);
  }

  async #repeat(act, change) {
    const answer = await this.#send(change);
    if (!answer) return;
    await this.host.changed();
    this.#tell(act, change, answer, []);
  }

  async #send(change) {
    this.page.say("Changing …");
    try {
      return await changeImages(this.page.dataset, change);
    } catch (error) {
      this.page.say(error.message, true);
      return null;
    } finally {
      announceChange();
    }
  }

  #tell(act, change, { done, skipped }, links) {
    const why = skipped.slice(0, 3).map((each) => `${each.name}: ${each.why}`);
    const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : "";
    const left = skipped.length ? ` ${skipped.length} left as they were (${why.join("; ")}${more}).` : "";
    const text = `${act.done(done, change)}${left} `;
    this.page.say(text, false, ...links.flatMap((link) => [link, " "]));
  }

  /** The changes that take an act back; null where that cannot be known. */
  #listUndo({ action, value, before }, images) {
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
    await this.host.changed();
    this.page.say("Taken back.");
  }

  #makeLink(text, action) {
    return make("button", { className: "link", onclick: action }, text);
  }
}
