// The datasets of the first page: each leads to Review, and can be renamed, deleted and restored.

import { announceChange, find, make } from "../shared/dom.js";
import { Newest } from "../shared/newest.js";
import { deleteDataset, loadDatasets, loadDeletion, renameDataset, restoreDataset } from "./api.js";
import { Bin } from "./bin.js";
import { ExportDialog } from "./export.js";
import { Question } from "./question.js";
import { DatasetRow } from "./row.js";
import { mergeRows, tellRestored } from "./words.js";

/** @import { Dataset, DeletedDataset, GoneDataset } from "#types/datasets" */
/** @import { Loop, Trigger } from "#types/shared" */

const HEADS = ["Dataset", "Images", "Not upscaled", "Reviewed", "Accepted"];

/**
 * `trigger("submit")` tells the rest of the page that there are others now.
 * @param {Element} element
 * @param {Trigger} trigger
 */
export function mount(element, trigger) {
  const root = find(element, ".studio-datasets", HTMLElement);
  if (root.childElementCount) return;
  new DatasetList(root, trigger).start();
}

class DatasetList {
  /** @type {Map<number, DatasetRow>} */
  #rows = new Map();
  /** @type {Map<number, GoneDataset>} Deleted on this page: their rows stay, and offer to undo it. */
  #gone = new Map();
  #refreshes = new Newest(() => this.#load());
  #loop = "";
  #asked = 0;
  #shown = 0;

  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.root = root;
    this.trigger = trigger;
    this.body = make("tbody");
    this.said = make("p", { className: "said", role: "status" });
    this.question = new Question();
    this.exporting = new ExportDialog();
    this.bin = new Bin((dataset) => this.#restore(dataset.id, dataset.name));
    const heads = [...HEADS, "Actions"].map((head) => make("th", { scope: "col" }, head));
    this.table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), this.body);
    root.hidden = true;
    root.append(this.table, this.said, this.bin.element);
    root.append(this.question.element, this.exporting.element);
  }

  start() {
    // The navigation asks every other second what there is: so often is enough here, too.
    /** @param {CustomEvent<Loop>} event */
    const hear = ({ detail }) => {
      if (!this.root.isConnected) return window.removeEventListener("studio:loop", hear);
      const now = JSON.stringify(detail);
      if (now !== this.#loop) this.#refreshes.ask();
      this.#loop = now;
    };
    window.addEventListener("studio:loop", hear);
    this.#refreshes.ask();
  }

  /** @param {DatasetRow} row */
  onExport(row) {
    return this.#attempt(() => this.exporting.open(row.id, row.name));
  }

  /**
   * @param {DatasetRow} row
   * @param {string} name
   */
  onRename(row, name) {
    return this.#attempt(
      async () => {
        const { name: kept } = await renameDataset(row.id, name);
        await this.#changed();
        row.endEdit();
        this.#say(`Renamed to ${kept}.`);
      },
      () => row.refuse(true),
    );
  }

  /** @param {DatasetRow} row */
  onDelete(row) {
    return this.#attempt(async () => {
      if (!(await this.question.ask(await loadDeletion(row.id)))) return row.remove.focus();
      const { name } = await deleteDataset(row.id);
      this.#gone.set(row.id, { id: row.id, name });
      await this.#changed();
      row.undo.focus();
    });
  }

  /** @param {DatasetRow} row */
  async onUndo(row) {
    await this.#restore(row.id, row.name);
    row.link.focus();
  }

  /**
   * @param {number} id
   * @param {string} before
   */
  #restore(id, before) {
    return this.#attempt(async () => {
      const { name } = await restoreDataset(id);
      await this.#changed();
      // Not before: a list that was asked for earlier would take the row away, and its focus.
      this.#gone.delete(id);
      this.#say(tellRestored(before, name));
    });
  }

  /** @param {() => Promise<unknown>} work */
  async #attempt(work, onRefused = () => {}) {
    this.#say("");
    try {
      await work();
    } catch (error) {
      this.#say(error.message, true);
      onRefused();
    }
  }

  async #changed() {
    announceChange();
    this.trigger("submit");
    await this.#load();
  }

  async #load() {
    const turn = (this.#asked += 1);
    try {
      const found = await loadDatasets();
      // One that was asked later may have come sooner: what it shows is newer.
      if (turn > this.#shown) this.#show(found);
      this.#shown = Math.max(turn, this.#shown);
    } catch (error) {
      this.root.hidden = false;
      this.#say(error.message, true);
    }
    this.root.dataset.ready = "true";
  }

  /** @param {{ datasets: Dataset[], bin: DeletedDataset[] }} found */
  #show({ datasets, bin }) {
    const shown = mergeRows(datasets, [...this.#gone.values()]);
    const rows = shown.map((view) => {
      const row = this.#rows.get(view.id) ?? new DatasetRow(this, view.id);
      row.show(view);
      return row;
    });
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#place(rows.map(({ element }) => element));
    this.bin.show(bin);
    this.table.hidden = shown.length === 0;
    this.root.hidden = shown.length === 0 && bin.length === 0;
  }

  /**
   * Bring the rows into order without moving those that are in place: one may have the focus.
   * @param {Element[]} elements
   */
  #place(elements) {
    for (const element of [...this.body.children]) {
      if (!elements.includes(element)) element.remove();
    }
    let next = this.body.firstElementChild;
    for (const element of elements) {
      if (element === next) next = element.nextElementSibling;
      else this.body.insertBefore(element, next);
    }
  }

  /** @param {string} text */
  #say(text, isWrong = false) {
    this.said.textContent = text;
    this.said.classList.toggle("wrong", isWrong);
  }
}
