// The sheet that shows all keys at a glance, as they are set now. A part of the page may add gestures
// to it: `pointer`, rows of [gesture, what it does].

import { make } from "../../shared/dom.js";
import { describeKey, describeSeries } from "../../shared/key_map.js";

/** @import { Action, ReviewPage } from "#types/review" */

const GROUPS = ["Images", "Mask", "Tools", "Components", "View", "Panels", "Help"];
/** @type {[gesture: string, does: string][]} */
const POINTER = [["Wheel", "Zoom at the pointer"]];

/** @typedef {{ title: string, actions: Action[] }} Row */

/**
 * Actions by group, as rows; those that share their `row` stand in one.
 * @param {Action[]} actions
 */
export function groupActions(actions) {
  return GROUPS.map((group) => {
    /** @type {Map<string, Row>} */
    const rows = new Map();
    for (const action of actions.filter((each) => each.group === group)) {
      const row = rows.get(action.row ?? action.id) ?? { title: action.row ?? action.title, actions: [] };
      row.actions.push(action);
      rows.set(action.row ?? action.id, row);
    }
    return { group, rows: [...rows.values()] };
  }).filter(({ rows }) => rows.length);
}

export class KeySheet {
  /**
   * @param {ReviewPage} page
   * @param {() => void} change opens the settings of the keys.
   */
  constructor(page, change) {
    this.page = page;
    this.groups = make("div", { className: "groups" });
    this.element = make(
      "dialog",
      { className: "keys", ariaLabel: "Keys" },
      make(
        "header",
        {},
        make("h2", {}, "Keys"),
        make("button", { onclick: () => this.#leaveFor(change) }, "Change keys"),
        make("button", { className: "primary", autofocus: true, onclick: () => this.element.close() }, "Close"),
      ),
      this.groups,
    );
    this.element.addEventListener("keydown", (event) => this.#press(event, change));
  }

  show() {
    const { keyMap, parts, actions } = this.page;
    const sections = groupActions(actions).map(({ group, rows }) =>
      makeSection(
        group,
        rows
          .map(({ actions: ones, title }) => [writeKeys(ones.map(({ id }) => keyMap.keys(id))), title])
          .filter(([keys]) => keys),
      ),
    );
    const pointer = [...POINTER, ...parts.flatMap((part) => part.pointer ?? [])];
    this.groups.replaceChildren(...sections, makeSection("Pointer", pointer));
    this.element.showModal();
  }

  /**
   * The key that opens the sheet closes it, and that of the settings leads there.
   * @param {KeyboardEvent} event
   * @param {() => void} change
   */
  #press(event, change) {
    const id = event.altKey ? null : this.page.keyMap.find(event)?.action.id;
    if (id !== "keys" && id !== "settings") return;
    event.preventDefault();
    if (id === "keys") this.element.close();
    else this.#leaveFor(change);
  }

  /** @param {() => void} change */
  #leaveFor(change) {
    this.element.close();
    change();
  }
}

/** @param {string[][]} lists */
const writeKeys = (lists) =>
  lists.length > 1 ? describeSeries(lists) : lists[0].map(describeKey).join(" or ");

/**
 * @param {string} title
 * @param {string[][]} rows
 */
const makeSection = (title, rows) =>
  make(
    "section",
    {},
    make("h3", {}, title),
    make("dl", {}, ...rows.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)])),
  );
