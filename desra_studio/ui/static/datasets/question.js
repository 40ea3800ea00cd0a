// The question before a dataset goes into the bin: it names what would go.

import { make } from "../shared/dom.js";

/** @import { Deletion } from "#types/datasets" */

export class Question {
  /** @type {(goes: boolean) => void} */
  #answer = () => {};

  constructor() {
    this.title = make("h2", { id: "studio-delete-title" });
    this.lines = make("ul");
    this.keep = make("button", { value: "keep" }, "Keep it");
    this.element = make(
      "dialog",
      { "aria-labelledby": this.title.id, onclose: () => this.#end() },
      make(
        "form",
        { method: "dialog" },
        this.title,
        this.lines,
        make("p", {}, "Nothing is removed from the disk: the bin below the list restores all of it."),
        make(
          "div",
          { className: "buttons" },
          this.keep,
          make("button", { value: "delete", className: "danger" }, "Delete"),
        ),
      ),
    );
  }

  /**
   * Ask, and answer whether to delete.
   * @param {Deletion} deletion
   * @returns {Promise<boolean>}
   */
  ask({ name, lines }) {
    this.title.textContent = `Delete ${name}?`;
    this.lines.replaceChildren(...lines.map((line) => make("li", {}, line)));
    this.element.returnValue = "keep";
    this.element.showModal();
    this.keep.focus();
    return new Promise((answer) => (this.#answer = answer));
  }

  #end() {
    this.#answer(this.element.returnValue === "delete");
  }
}
