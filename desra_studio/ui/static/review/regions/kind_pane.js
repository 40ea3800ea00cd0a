// Changing the kinds of artifacts of the dataset: their names, and their order, which is their keys'.

import { make } from "../../shared/dom.js";
import { KEYED_KINDS } from "./kinds.js";

/** @import { ReviewPage } from "#types/review" */

const MOST_LETTERS = 50;
const ADVICE = "The first seven have keys, in this order. Kinds that labels have keep their names.";

export class KindPane {
  id = "kinds";
  title = "Kinds of artifacts";

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.list = make("ol");
    this.status = make("span", { className: "status", role: "status" });
    this.added = this.#makeInput("Another kind", "", () => this.#add());
    this.added.placeholder = "Another kind";
    this.usual = make("button", { onclick: () => this.#restore() }, "Add the usual ones");
    this.element = make(
      "section",
      { className: "kind-pane" },
      this.list,
      make(
        "div",
        { className: "row" },
        make("span", { className: "place" }),
        this.added,
        make("button", { onclick: () => this.#add() }, "Add"),
        this.usual,
      ),
      make("div", { className: "foot" }, this.status),
    );
    page.kinds.listen(() => this.#refresh());
  }

  show() {
    this.#say(ADVICE);
    this.#refresh();
    // Labels may have come since: which kinds may go depends on them.
    if (this.page.dataset) this.page.kinds.load().catch((error) => this.#say(error.message, true));
  }

  /** List the kinds as they are, with the focus where it was. */
  #refresh() {
    const name = this.list.contains(document.activeElement)
      ? document.activeElement?.getAttribute("name")
      : null;
    const { list } = this.page.kinds;
    this.list.replaceChildren(...list.map((kind, at) => this.#makeRow(kind, at, list.length)));
    this.usual.disabled = this.#listMissing().length === 0;
    if (name) this.#focus(name);
  }

  /**
   * Give the focus to a control; where it cannot have it, to its row's first that can.
   * @param {string} name
   */
  #focus(name) {
    const controls = [...this.list.querySelectorAll("button"), ...this.list.querySelectorAll("input")];
    const control = controls.find((one) => one.name === name) ?? this.added;
    const row = control.closest(".row");
    const other = controls.find((one) => row?.contains(one) && !one.disabled);
    (control.disabled ? other : control)?.focus();
  }

  /**
   * @param {string} kind
   * @param {number} at
   * @param {number} count
   */
  #makeRow(kind, at, count) {
    const { keyMap, kinds } = this.page;
    const key = at < KEYED_KINDS ? keyMap.describe(`kind-${at + 1}`) : "";
    const labels = kinds.used[kind] ?? 0;
    const input = this.#makeInput(`Kind ${at + 1}`, kind, () => this.#rename(at, input.value));
    const title = labels ? `Labels that have it: ${labels}` : "";
    Object.assign(input, { name: `kind-${at}`, disabled: labels > 0, title });
    /**
     * @param {string} name
     * @param {string} sign
     * @param {string} does
     * @param {() => unknown} run
     * @param {boolean} disabled
     */
    const button = (name, sign, does, run, disabled) =>
      make("button", { name: `${name}-${at}`, title: does, ariaLabel: `${does}: ${kind}`, disabled, onclick: run }, sign);
    return make(
      "li",
      { className: "row" },
      make("kbd", { className: "place" }, key),
      input,
      make("span", { className: "used", title }, labels ? `${labels} ${labels === 1 ? "label" : "labels"}` : ""),
      button("up", "↑", "Up", () => this.#move(at, at - 1), at === 0),
      button("down", "↓", "Down", () => this.#move(at, at + 1), at === count - 1),
      button("remove", "×", labels ? title : "Remove", () => this.#remove(at), labels > 0 || count === 1),
    );
  }

  /**
   * @param {string} ariaLabel
   * @param {string} value
   * @param {() => unknown} enter
   */
  #makeInput(ariaLabel, value, enter) {
    const input = make("input", { type: "text", ariaLabel, value, maxLength: MOST_LETTERS });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      enter();
    });
    if (value) input.addEventListener("change", enter);
    return input;
  }

  #listMissing() {
    const { list, usual } = this.page.kinds;
    return usual.filter((kind) => !list.includes(kind));
  }

  async #add() {
    const kind = this.added.value.trim();
    this.added.focus();
    if (!kind) return;
    if (await this.#save([...this.page.kinds.list, kind], `“${kind}” is a kind now.`)) this.added.value = "";
  }

  #restore() {
    return this.#save([...this.page.kinds.list, ...this.#listMissing()], "The usual kinds are here now.");
  }

  /**
   * @param {number} at
   * @param {string} text
   */
  #rename(at, text) {
    const { list } = this.page.kinds;
    const name = text.trim();
    if (!name || name === list[at]) return this.#refresh();
    const renamed = list.map((kind, other) => (other === at ? name : kind));
    return this.#save(renamed, `“${list[at]}” is called “${name}” now.`);
  }

  /** @param {number} at */
  #remove(at) {
    const { list } = this.page.kinds;
    return this.#save(list.filter((_, other) => other !== at), `“${list[at]}” is removed.`);
  }

  /**
   * @param {number} at
   * @param {number} to
   */
  async #move(at, to) {
    const list = [...this.page.kinds.list];
    list.splice(to, 0, ...list.splice(at, 1));
    const done = await this.#save(list, `“${list[to]}” is number ${to + 1} now.`);
    if (done) this.#focus(`${to < at ? "up" : "down"}-${to}`);
  }

  /**
   * Save the list; tells whether that was done.
   * @param {string[]} list
   * @param {string} said
   */
  async #save(list, said) {
    try {
      await this.page.kinds.save(list);
      this.#say(said);
      return true;
    } catch (error) {
      this.#say(error.message, true);
      this.#refresh();
      return false;
    }
  }

  /** @param {string} text */
  #say(text, wrong = false) {
    this.status.textContent = text;
    this.status.classList.toggle("wrong", wrong);
    this.status.setAttribute("role", wrong ? "alert" : "status");
  }
}
