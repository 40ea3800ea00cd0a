// A dataset's row: its figures, its name to be changed in place, or the way back from the bin.

import { make, pageAddress } from "../shared/dom.js";
import { tellReference } from "./words.js";

/** @import { Row } from "#types/datasets" */

const FIGURES = /** @type {const} */ (["images", "waiting", "reviewed", "accepted"]);
const MOST_LETTERS = 190;

/**
 * @typedef {{
 *   onExport: (row: DatasetRow) => unknown,
 *   onRename: (row: DatasetRow, name: string) => unknown,
 *   onDelete: (row: DatasetRow) => unknown,
 *   onUndo: (row: DatasetRow) => unknown,
 * }} Page hears of what a row is asked for.
 */

export class DatasetRow {
  name = "";
  #mode = "";

  /**
   * @param {Page} page
   * @param {number} id
   */
  constructor(page, id) {
    this.page = page;
    this.id = id;
    this.nameCell = make("th", { scope: "row" });
    this.figures = FIGURES.map(() => make("td", { className: "figure" }));
    this.actions = make("td", { className: "actions" });
    this.element = make("tr", {}, this.nameCell, ...this.figures, this.actions);
    this.link = make("a", { href: pageAddress("/review", { dataset: id }) });
    this.compared = make("span", { className: "compared" });
    this.exports = this.#makeButton("Export", () => page.onExport(this));
    this.rename = this.#makeButton("Rename", () => this.#edit());
    this.remove = this.#makeButton("Delete", () => page.onDelete(this));
    this.undo = this.#makeButton("Undo", () => page.onUndo(this));
    this.gone = make("span", { className: "gone" });
    this.input = make("input", {
      type: "text",
      maxLength: MOST_LETTERS,
      spellcheck: false,
      ariaLabel: "New name",
      onkeydown: (event) => this.#hear(event),
    });
    this.save = this.#makeButton("Save", () => page.onRename(this, this.input.value));
    this.cancel = this.#makeButton("Cancel", () => this.endEdit());
  }

  /**
   * Show a dataset as it is now; a name that is being changed stays what was typed.
   * @param {Row} view
   */
  show(view) {
    this.name = view.name;
    this.link.textContent = this.link.title = view.name;
    this.compared.textContent = view.gone ? "" : tellReference(view.reference);
    this.gone.textContent = `${view.name} is in the bin.`;
    for (const [index, key] of FIGURES.entries()) {
      this.figures[index].textContent = view.gone ? "" : String(view[key]);
    }
    this.exports.ariaLabel = `Export ${view.name}`;
    this.rename.ariaLabel = `Rename ${view.name}`;
    this.remove.ariaLabel = `Delete ${view.name}`;
    this.undo.ariaLabel = `Undo deleting ${view.name}`;
    if (view.gone) this.#turn("gone");
    else if (this.#mode !== "edit") this.#turn("plain");
  }

  /**
   * Say that the name that was typed cannot be given.
   * @param {boolean} isWrong
   */
  refuse(isWrong) {
    this.input.setAttribute("aria-invalid", String(isWrong));
    if (isWrong) this.input.focus();
  }

  endEdit() {
    this.#turn("plain");
    this.rename.focus();
  }

  #edit() {
    this.input.value = this.name;
    this.refuse(false);
    this.#turn("edit");
    this.input.select();
  }

  /** @param {KeyboardEvent} event */
  #hear(event) {
    if (event.key === "Enter") this.page.onRename(this, this.input.value);
    else if (event.key === "Escape") this.endEdit();
    else return;
    event.preventDefault();
  }

  /** @param {"plain" | "edit" | "gone"} mode */
  #turn(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.element.dataset.mode = mode;
    const [name, ...buttons] = {
      plain: [this.link, this.exports, this.rename, this.remove],
      edit: [this.input, this.save, this.cancel],
      gone: [this.gone, this.undo],
    }[mode];
    this.nameCell.replaceChildren(name, ...(mode === "plain" ? [this.compared] : []));
    this.actions.replaceChildren(...buttons);
  }

  /**
   * @param {string} text
   * @param {() => unknown} onclick
   */
  #makeButton(text, onclick) {
    return make("button", { type: "button", className: "needs-curator", onclick }, text);
  }
}
