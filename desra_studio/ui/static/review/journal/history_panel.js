// The panel of an image's history: who saved which mask when; to be looked at, compared, restored.

import { loadImage, loadMaskRuns } from "../../shared/api.js";
import { listRevisions } from "./revisions_api.js";
import { groupDigits } from "../../masks/components.js";
import { make } from "../../shared/dom.js";
import { OpinionsPanel } from "./opinions_panel.js";
import { describeTime } from "./restore.js";
import { decodeRuns } from "../../masks/runs.js";

/** @import { Choice } from "./comparison.js" */
/** @import { ListedRevision, ReviewPage, Revision } from "#types/review" */
/** @import { Stored } from "#types/shared" */

const ID = "history";

export class HistoryPanel {
  /** @type {string | null} The image and label that are listed. */
  #shown = null;
  #open = false;
  /** @type {number | null} The id of the revision that is unfolded. */
  #chosen = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.opinions = new OpinionsPanel(page, this);
    this.list = make("ol", { className: "revisions" });
    const element = make(
      "div",
      { className: "history" },
      this.opinions.element,
      make("h3", {}, "Revisions"),
      this.list,
    );
    this.slots = { aside: [{ id: ID, title: "History", element }] };
    this.actions = [
      {
        id: "history",
        title: "History of this image, or the queue",
        group: "Panels",
        keys: ["r"],
        run: () => page.showAside(this.#open ? "queue" : ID),
      },
    ];
  }

  /** @param {string} id */
  asideShown(id) {
    this.#open = id === ID;
    this.refresh();
  }

  show() {
    this.#chosen = null;
  }

  /** Read the list again where it may have changed and is seen. */
  refresh() {
    const { document } = this.page;
    if (!this.#open || !document || this.page.busy) return;
    const { id, version, revision } = document.record;
    const state = `${id} ${version} ${revision?.id}`;
    if (state !== this.#shown) this.reload(state);
  }

  async reload(state = this.#shown) {
    this.#shown = state;
    const { document } = this.page;
    if (!document) return;
    const { id } = document.record;
    try {
      const [revisions, record] = await Promise.all([listRevisions(id), loadImage(id)]);
      if (this.page.document?.record.id !== id) return;
      this.opinions.show(record);
      this.#list(revisions);
    } catch (error) {
      this.#shown = null;
      this.list.replaceChildren(make("li", { className: "none" }, error.message));
    }
  }

  /**
   * Show the mask of a revision { id, sha } in place of the one on the page.
   * @param {Stored} revision
   * @param {string} title
   * @param {Choice[]} choices
   */
  async view(revision, title, choices = []) {
    const found = await this.#load(revision);
    if (!found) return;
    this.page.comparison.view({
      ...found,
      title,
      choices: [
        { label: "Compare", title: "With the mask on the page", run: () => this.compare(revision, title) },
        ...choices,
      ],
      onClose: () => {},
    });
  }

  /**
   * Show the mask of a revision { id, sha } beside the one on the page.
   * @param {Stored} revision
   * @param {string} name
   */
  async compare(revision, name) {
    const found = await this.#load(revision);
    const { page } = this;
    const { document } = page;
    if (!found || !document) return;
    const take = (/** @type {Uint8Array} */ mask) => {
      page.document?.replace(mask);
      page.panes.invalidate();
      page.afterEdit();
    };
    page.comparison.open({
      mine: document.mask,
      theirs: found.mask,
      names: ["on the page", name],
      choices: [
        { label: "Both together", choice: "union", title: "Unsaved, with undo", run: take },
        { label: "Only what both marked", choice: "intersection", title: "Unsaved, with undo", run: take },
      ],
      onClose: () => {},
    });
  }

  /** @param {Revision} revision */
  async #restore(revision) {
    const { page } = this;
    const found = await this.#load(revision);
    const { document } = page;
    if (!found || !document) return;
    const done = await page.attempts.run(() => document.restore(revision, found.runs));
    if (!done) return;
    page.panes.invalidate();
    page.say(`Restored revision ${revision.number}. Undo (Ctrl+Z) brings your last mask back.`);
  }

  /** @param {Stored} revision */
  async #load(revision) {
    const { page } = this;
    const { document } = page;
    if (page.comparison.isOpen) page.comparison.close();
    try {
      const runs = await loadMaskRuns({ revision });
      if (!runs || !document || page.document !== document || page.locked) return null;
      return { runs, mask: decodeRuns(runs, document.mask.length) };
    } catch (error) {
      page.say(error.message, true);
      return null;
    }
  }

  /** @param {ListedRevision[]} revisions */
  #list(revisions) {
    const none = make("li", { className: "none" }, "Nothing has been saved yet.");
    const rows = revisions.map((revision) => this.#makeRow(revision));
    this.list.replaceChildren(...(rows.length ? rows : [none]));
  }

  /** @param {ListedRevision} revision */
  #makeRow(revision) {
    const { page } = this;
    const { id, number, author, origin, made_by, area_px, note, saved_at, current, mine } = revision;
    const title = `revision ${number}`;
    const acts = make("div", { className: "acts", hidden: id !== this.#chosen });
    /**
     * @param {string} label
     * @param {string} hint
     * @param {() => unknown} run
     */
    const act = (label, hint, run) => {
      const button = make("button", { title: hint }, label);
      page.onClick(button, run);
      acts.append(button);
    };
    act("View", "Show this mask instead of the one on the page", () => this.view(revision, title));
    act("Compare", "With the mask on the page", () => this.compare(revision, title));
    if (!current) act("Restore", "Save it again as the newest revision", () => this.#restore(revision));
    const head = make(
      "button",
      { className: "revision" },
      make("strong", {}, `${number}`),
      make("span", { className: "author" }, mine ? `${author} (you)` : author),
      make("span", { className: "time" }, describeTime(saved_at)),
      make("span", { className: "about" }, `${tellMaking(origin, made_by)} · ${groupDigits(area_px)} px`),
      ...(note ? [make("span", { className: "note" }, note)] : []),
    );
    head.setAttribute("aria-expanded", String(id === this.#chosen));
    if (current) head.setAttribute("aria-current", "true");
    page.onClick(head, () => this.#choose(id === this.#chosen ? null : id));
    const row = make("li", {}, head, acts);
    row.dataset.revision = String(id);
    return row;
  }

  /** @param {number | null} id */
  #choose(id) {
    this.#chosen = id;
    const rows = /** @type {HTMLCollectionOf<HTMLElement>} */ (this.list.children);
    for (const row of rows) {
      const isChosen = row.dataset.revision === String(id);
      const [head, acts] = /** @type {HTMLCollectionOf<HTMLElement>} */ (row.children);
      head.setAttribute("aria-expanded", String(isChosen));
      acts.hidden = !isChosen;
    }
  }
}

/**
 * Where the pixels of a mask come from; of one that a person drew, whether they had seen the
 * detector's.
 * @param {string} origin
 * @param {string} madeBy
 */
const tellMaking = (origin, madeBy) => (origin === "manual" ? `manual, ${madeBy}` : origin);
