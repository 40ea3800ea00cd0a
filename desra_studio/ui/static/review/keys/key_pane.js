// Changing keys: choose one, press the other one. Conflicts are told, and decided, at once.

import { make } from "../../shared/dom.js";
import { describeKey, isModifier, MOST_KEYS, nameKey, refuseKey, shortenKey } from "../../shared/key_map.js";
import { groupActions } from "./key_sheet.js";

/** @import { Action } from "#types/review" */
/** @import { KeyChanges } from "#types/shared" */
/** @import { KeyMap } from "../../shared/key_map.js" */
/** @import { UserSettings } from "../../shell/user_settings.js" */

const ADVICE =
  "Enter, then the key you want instead; Delete takes a key away; arrows go up and down.";

/**
 * @typedef {{ id: string, key: string }} Place the key of an action; "" where there is none yet, which
 *   is the place of another one.
 */

export class KeyPane {
  id = "keys";
  title = "Keys";
  /** @type {Place | null} */
  #waiting = null;
  #shown = "";

  /**
   * @param {KeyMap<Action>} keyMap
   * @param {UserSettings} store
   */
  constructor(keyMap, store) {
    this.keyMap = keyMap;
    this.store = store;
    this.groups = make("div", { className: "groups" });
    this.status = make("span", { className: "status", role: "status" });
    this.choices = make("span", { className: "choices" });
    this.kept = make("span", { className: "kept" });
    this.resetButton = make(
      "button",
      { onclick: () => this.#change({}, "All keys are the usual ones again.") },
      "Reset all keys",
    );
    const said = [this.status, this.choices, make("span", { className: "gap" }), this.kept];
    this.element = make(
      "section",
      { className: "key-pane" },
      this.groups,
      make("div", { className: "foot" }, ...said, this.resetButton),
    );
    this.groups.addEventListener("keydown", (event) => this.#press(event));
    // The choice that is pressed is about the key that has the focus.
    this.choices.addEventListener("pointerdown", (event) => event.preventDefault());
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.choices.contains(/** @type {Node | null} */ (relatedTarget))) this.leave();
    });
  }

  show() {
    this.#say(ADVICE);
    this.refresh();
  }

  /** Leave the key that is being changed; tells whether there was one. */
  leave() {
    if (!this.#waiting) return false;
    const button = this.#find(this.#waiting);
    const wasChoosing = this.choices.contains(document.activeElement);
    this.#waiting = null;
    button.classList.remove("waiting");
    button.textContent = button.dataset.text ?? "";
    this.#say(ADVICE);
    if (wasChoosing) button.focus();
    return true;
  }

  /** Show what holds now. */
  refresh() {
    this.kept.textContent = this.store.unsent ? "Kept in this browser only, for now." : "";
    this.kept.title = this.store.unsent;
    const shown = JSON.stringify(this.keyMap.changes);
    this.resetButton.disabled = shown === "{}";
    if (shown === this.#shown) return;
    this.leave();
    const place = this.#readPlace(document.activeElement);
    this.#shown = shown;
    this.groups.replaceChildren(
      ...groupActions(this.keyMap.actions).map(({ group, rows }) =>
        make("section", {}, make("h3", {}, group), ...rows.map((row) => this.#makeRow(row))),
      ),
    );
    if (place) this.#find(place).focus();
  }

  /** @param {{ title: string, actions: Action[] }} row */
  #makeRow({ title, actions }) {
    const places = actions.flatMap((action) => {
      const keys = this.keyMap.keys(action.id);
      const another = keys.length === 0 || (actions.length === 1 && keys.length < MOST_KEYS);
      return [...keys, ...(another ? [""] : [])].map((key) =>
        // Many in one row: each in short.
        this.#makeKey(action, key, actions.length > 1 ? shortenKey : describeKey),
      );
    });
    const changed = actions.filter(({ id }) => this.keyMap.isChanged(id));
    const reset = make("button", { className: "reset", title: "Back to its usual keys" }, "↺");
    reset.ariaLabel = `${title}: back to its usual keys`;
    reset.hidden = changed.length === 0;
    reset.addEventListener("click", () => this.#reset(changed));
    const name = make("span", { className: "title", title }, title);
    return make("div", { className: "row" }, name, reset, ...places);
  }

  /**
   * @param {Action} action
   * @param {string} key
   * @param {(key: string) => string} write
   */
  #makeKey(action, key, write) {
    const none = this.keyMap.keys(action.id).length ? "+" : "none";
    const text = key ? write(key) : none;
    const button = make("button", { className: key ? "key" : "key another" }, text);
    Object.assign(button.dataset, { id: action.id, key, text });
    button.ariaLabel = `${action.title}: ${key ? describeKey(key) : "another key"}`;
    button.title = key ? "" : `Another key for “${action.title}”`;
    const owner = key ? this.keyMap.owner(key) : action;
    if (owner && owner.id !== action.id) {
      button.classList.add("conflict");
      button.title = `${text} does “${owner.title}”; choose another key here`;
    }
    // One that came reserved, as Escape did, stays: nothing else could have it.
    button.disabled = Boolean(key && refuseKey(key));
    button.addEventListener("click", () => this.#wait(button));
    return button;
  }

  /** @param {HTMLButtonElement} button */
  #wait(button) {
    this.leave();
    const place = this.#readPlace(button);
    if (!place) return;
    this.#waiting = place;
    button.focus();
    button.classList.add("waiting");
    button.textContent = "press a key";
    const what = `Press the ${place.key ? "new" : "other"} key for “${this.#title(place)}”; Esc leaves it.`;
    this.#say(what, place.key ? [["No key", () => this.#take(place, "")]] : []);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const place = this.#readPlace(event.target);
    if (!place) return;
    if (this.#waiting) this.#pressNew(event);
    else if (/^Arrow(Up|Down)$/.test(event.key)) {
      event.preventDefault();
      const all = /** @type {HTMLButtonElement[]} */ ([
        ...this.groups.querySelectorAll(".key:not(.another, :disabled)"),
      ]);
      const at = all.findIndex((button) => button === event.target) + (event.key === "ArrowUp" ? -1 : 1);
      all.at(at % all.length)?.focus();
    } else if (/^(Delete|Backspace)$/.test(event.key) && place.key) {
      event.preventDefault();
      this.#take(place, "");
    }
  }

  /** @param {KeyboardEvent} event */
  #pressNew(event) {
    if (event.key === "Tab") return; // goes on, and leaves this key as it is
    event.preventDefault();
    if (event.key === "Escape") return this.leave();
    if (event.repeat || isModifier(event)) return;
    if (event.altKey) return this.#say("Keys with Alt belong to the browser; choose another key.");
    const key = nameKey(event);
    const refusal = refuseKey(key);
    if (refusal) return this.#say(refusal);
    const place = this.#waiting;
    if (!place) return;
    const owner = this.keyMap.owner(key);
    if (!owner || owner.id === place.id) return this.#take(place, key);
    this.#say(`${describeKey(key)} is “${owner.title}”.`, [
      [`Take it for “${this.#title(place)}”`, () => this.#take(place, key)],
      ["Leave it", () => this.leave()],
    ]);
    /** @type {HTMLElement} */ (this.choices.firstChild).focus();
  }

  /**
   * Give an action a key in the place of another, or take that one away.
   * @param {Place} place
   * @param {string} key
   */
  #take(place, key) {
    this.leave();
    const { changes, lost } = this.keyMap.replace(place.id, place.key, key);
    const title = `“${this.#title(place)}”`;
    const said = key ? `${describeKey(key)} is ${title} now.` : `${title} lost ${describeKey(place.key)}.`;
    const bare = lost.filter(({ id }) => changes[id]?.length === 0);
    const warnings = bare.map((action) => ` “${action.title}” has no key now.`);
    this.#change(changes, said + warnings.join(""));
    this.#find({ id: place.id, key }).focus();
  }

  /** @param {Action[]} actions */
  #reset(actions) {
    this.#change(this.keyMap.reset(actions.map(({ id }) => id)), "As it came.");
    this.#find({ id: actions[0].id }).focus();
  }

  /**
   * @param {KeyChanges} changes
   * @param {string} said
   */
  #change(changes, said) {
    const before = this.keyMap.changes;
    this.store.change("keys", changes);
    this.#say(said, [["Undo", () => this.#change(before, "As it was.")]]);
  }

  /**
   * @param {string} text
   * @param {[title: string, run: () => unknown][]} choices
   */
  #say(text, choices = []) {
    this.status.textContent = text;
    const buttons = choices.map(([title, run]) => make("button", { onclick: run }, title));
    this.choices.replaceChildren(...buttons);
  }

  /** @param {Pick<Place, "id">} place */
  #title({ id }) {
    return this.keyMap.actions.find((action) => action.id === id)?.title;
  }

  /**
   * @param {EventTarget | null} element
   * @returns {Place | null}
   */
  #readPlace(element) {
    const isKey = element instanceof HTMLElement && this.groups.contains(element) && element.matches(".key");
    return isKey ? { id: element.dataset.id ?? "", key: element.dataset.key ?? "" } : null;
  }

  /**
   * The button of a place; the action's first where that key is gone.
   * @param {{ id: string, key?: string }} place
   */
  #find({ id, key }) {
    const all = /** @type {HTMLButtonElement[]} */ ([...this.groups.querySelectorAll(".key")]);
    const own = all.filter(({ dataset }) => dataset.id === id);
    return own.find(({ dataset }) => dataset.key === key) ?? own[0];
  }
}
