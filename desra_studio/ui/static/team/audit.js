// What was done by whom: the newest first, by everybody or by one.

import { make } from "../shared/dom.js";
import { loadAudit } from "./api.js";
import { tellTime } from "./members.js";
import { tellDeed } from "./words.js";

/** @import { AuditEvent } from "#types/team" */

export class AuditTrail {
  #body = make("tbody", {});
  #who = make("select", { ariaLabel: "By whom", onchange: () => this.load() });
  #more = make("button", { type: "button", hidden: true, onclick: () => this.#loadOlder() }, "Show older");
  #message = make("p", { className: "message", role: "status" });
  /** @type {number | undefined} */
  #oldest;

  constructor() {
    const head = ["When", "Who", "What", "Where"].map((title) => make("th", { scope: "col" }, title));
    this.root = make(
      "section",
      { ariaLabel: "What was done" },
      make("p", { className: "hint" }, "By ", this.#who),
      make("div", { className: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), this.#body)),
      this.#message,
      this.#more,
    );
  }

  async load() {
    this.#oldest = undefined;
    await this.#read((rows) => this.#body.replaceChildren(...rows));
  }

  async #loadOlder() {
    await this.#read((rows) => this.#body.append(...rows));
  }

  /** @param {(rows: HTMLElement[]) => void} show */
  async #read(show) {
    try {
      const page = await loadAudit({ before: this.#oldest, actor: this.#who.value });
      show(page.events.map(drawRow));
      this.#oldest = page.events.at(-1)?.id ?? this.#oldest;
      this.#more.hidden = !page.more;
      this.#message.textContent = this.#body.childElementCount ? "" : "Nothing has been changed yet.";
      this.#drawActors(page.actors);
    } catch (error) {
      this.#message.textContent = error.message;
    }
  }

  /** @param {string[]} actors */
  #drawActors(actors) {
    const chosen = this.#who.value;
    const named = actors.filter((name) => name !== "");
    this.#who.replaceChildren(
      make("option", { value: "" }, "everybody"),
      ...named.map((name) => make("option", { value: name }, name)),
    );
    this.#who.value = named.includes(chosen) ? chosen : "";
  }
}

/** @param {AuditEvent} event */
function drawRow({ at, actor, action, target, status }) {
  const refused = status >= 400;
  return make(
    "tr",
    { className: refused ? "refused" : "" },
    make("td", {}, tellTime(at)),
    make("td", {}, actor),
    make("td", {}, tellDeed(action), ...(refused ? [" ", make("small", {}, "refused")] : [])),
    make("td", { className: "where" }, target),
  );
}
