// Settings of the Review page: its keys, and the kinds of artifacts of the dataset. What is changed
// holds at once.

import { make } from "../../shared/dom.js";
import { UserSettings } from "../../shell/user_settings.js";
import { hasUnsaved } from "../document.js";
import { KeyLabels } from "./key_labels.js";
import { KeyPane } from "./key_pane.js";
import { KeySheet } from "./key_sheet.js";
import { KindPane } from "../regions/kind_pane.js";

/** @import { Action, ReviewPage } from "#types/review" */

/**
 * @typedef {{
 *   id: string,
 *   title: string,
 *   element: HTMLElement,
 *   show(): void,
 *   refresh?(): void,
 *   leave?(): boolean,
 * }} SettingsPane a tab of the dialog: `refresh` shows what is set, `leave` tells whether something
 *   was being changed.
 */

/** Part of the page: the sheet of keys, the dialog, and what is kept by name. */
export class Settings {
  /** @type {KeyLabels | null} */
  labels = null;
  /** @type {SettingsPane[]} */
  panes = [];
  /** @type {HTMLButtonElement[]} */
  tabs = [];

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.store = new UserSettings(() => this.#apply());
    this.sheet = new KeySheet(page, () => this.open("keys"));
    /**
     * @param {string} id
     * @param {string} title
     * @param {string} key
     * @param {() => unknown} run
     * @returns {Action}
     */
    const act = (id, title, key, run) => ({ id, title, group: "Help", keys: [key], once: true, run });
    this.actions = [
      act("keys", "Show the keys", "?", () => this.sheet.show()),
      act("settings", "Settings: keys, kinds of artifacts", ",", () => this.open("keys")),
    ];
  }

  /** Once the page is there. */
  start() {
    const { page } = this;
    this.labels = new KeyLabels(page);
    this.panes = [new KeyPane(page.keyMap, this.store), new KindPane(page)];
    this.tabs = this.panes.map(({ id, title, element }) => {
      const tab = make("button", { role: "tab", id: `studio-settings-${id}` }, title);
      tab.addEventListener("click", () => this.#choose(id));
      tab.addEventListener("keydown", (event) => this.#stepTab(event));
      Object.assign(element, { role: "tabpanel" });
      element.setAttribute("aria-labelledby", tab.id);
      return tab;
    });
    this.element = make(
      "dialog",
      { className: "settings", ariaLabel: "Settings" },
      make(
        "header",
        {},
        make("h2", {}, "Settings"),
        make("div", { className: "tabs", role: "tablist" }, ...this.tabs),
        make("button", { className: "primary", onclick: () => this.element?.close() }, "Close"),
      ),
      ...this.panes.map(({ element }) => element),
    );
    // Escape first leaves what is being changed.
    this.element.addEventListener("cancel", (event) => {
      if (this.panes.some((pane) => pane.leave?.())) event.preventDefault();
    });
    page.root.append(this.sheet.element, this.element);
    // Another name is about to work here.
    window.addEventListener("studio:user", (event) => {
      if (!page.root.isConnected || !hasUnsaved()) return;
      event.detail.refusal = "Save the changes of the mask first; they are made under the name before.";
      event.preventDefault();
    });
    this.store.load();
  }

  /** @param {string} id */
  open(id) {
    this.#choose(id);
    this.element?.showModal();
    this.tabs.find((tab) => tab.getAttribute("aria-selected") === "true")?.focus();
  }

  /** Let what is set hold. */
  #apply() {
    this.page.keyMap.use(this.store.values.keys);
    this.labels?.write();
    this.panes[0].refresh?.();
  }

  /** @param {string} id */
  #choose(id) {
    this.panes.forEach((pane, at) => {
      const chosen = pane.id === id;
      pane.element.hidden = !chosen;
      this.tabs[at].setAttribute("aria-selected", String(chosen));
      this.tabs[at].tabIndex = chosen ? 0 : -1;
      if (chosen) pane.show();
      else pane.leave?.();
    });
  }

  /** @param {KeyboardEvent} event */
  #stepTab(event) {
    if (!/^Arrow(Left|Right)$/.test(event.key)) return;
    const at = (this.tabs.findIndex((tab) => tab === event.target) + 1) % this.tabs.length;
    this.#choose(this.panes[at].id);
    this.tabs[at].focus();
  }
}
