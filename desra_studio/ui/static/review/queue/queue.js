// The queue: the images of the dataset, filtered and in an order, and which one comes next.

import { addressed, make, pageAddress } from "../../shared/dom.js";
import { Newest } from "../../shared/newest.js";
import { claimNextOpen, loadNeighbour, loadNextOpen, loadQueuePage } from "./api.js";
import { Progress } from "./progress.js";
import { QueueBulk } from "./queue_bulk.js";
import { QueueFilterRow } from "./queue_filter_row.js";
import {
  NO_FILTERS,
  hasFilters,
  hidesState,
  listFilters,
  readFilters,
  writeFilters,
} from "./queue_filters.js";
import { QueueList } from "./queue_list.js";
import { QueueRows } from "./queue_rows.js";
import { QueueSelection } from "./queue_selection.js";
import { describeFinished, describeHeld } from "../texts.js";

/** @import { Asked, HeldImage, ReviewPage, State } from "#types/review" */

// As many rows as are fetched for the sake of one selected range.
const MAX_RANGE = 2000;
// The image that was opened, and the one after it, are loaded before the pictures of the list.
const PICTURES_MS = 1500;
/** @type {Asked} */
const ALL = { filters: NO_FILTERS, order: "name" };

export class Queue {
  rows = new QueueRows();
  asked = ALL;
  dataset = 0;
  /** @type {Promise<number | null>} */
  #next = Promise.resolve(null);
  /**
   * Where no image was free when the next one was asked for: what others work on.
   * @type {HeldImage[]}
   */
  #held = [];
  #pages = new Newest((/** @type {{ from: number, to: number }} */ { from, to }, signal) =>
    this.#tryFetch(from, to, signal),
  );

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.selection = new QueueSelection();
    this.list = new QueueList(this.selection, {
      open: (id, byMouse) => {
        if (byMouse) page.focus();
        page.open(id);
      },
      need: (from, to) => this.#need(from, to),
      extend: (from, to) => this.#extend(from, to),
      selected: () => this.bulk.refresh(),
      leave: () => page.focus(),
    });
    this.head = new QueueFilterRow(page, (asked) => this.ask(asked));
    this.bulk = new QueueBulk(page, {
      count: () => this.selection.count(this.rows.total),
      request: () => this.selection.toRequest(listFilters(this.asked.filters)),
      find: (id) => this.rows.find(id),
      changed: (left) => this.#reload(left),
      clear: () => this.#clearSelection(),
    });
    this.progress = new Progress(page, (facts) => {
      this.head.learn(facts);
      this.bulk.learn(facts);
    });
    this.none = make(
      "div",
      { className: "none", hidden: true },
      make("p", {}, "No image fits this filter."),
      make("button", { onclick: () => this.head.clear() }, "Clear the filter"),
    );
    this.element = make(
      "div",
      { className: "queue" },
      this.head.element,
      this.none,
      this.list.element,
      this.bulk.element,
      this.progress.element,
    );
    this.slots = { aside: [{ id: "queue", title: "Queue", element: this.element }] };
    this.actions = [
      {
        id: "queue",
        title: "Go into the queue",
        group: "Panels",
        keys: ["q"],
        run: () => this.focus(),
      },
      {
        id: "next-open",
        title: "Next image that waits for a verdict",
        group: "Images",
        keys: ["u"],
        run: () => this.openNext(),
      },
    ];
  }

  /**
   * List the images as the address has it; answers which one is to be opened, null for none.
   * @param {number} dataset
   */
  async load(dataset) {
    this.dataset = dataset;
    this.asked = readFilters(location.search);
    this.head.show(this.asked);
    this.progress.load().catch(() => {}); // the list says it if the server is away
    const wanted = Number(addressed("image"));
    const position = await this.#list(wanted);
    if (position !== null) return wanted;
    // What somebody worked on is opened again, even if the filter hides it by now.
    if (wanted && hasFilters(this.asked.filters)) {
      const all = await loadQueuePage(dataset, ALL, { around: wanted });
      if (all.position !== null) return wanted;
    }
    if (!this.rows.total) this.page.say("No image fits this filter.");
    return (await this.claimNext()) ?? this.rows.at(0)?.id ?? null;
  }

  /**
   * List other images, or the same ones anew; what is open stays open.
   * @param {Asked} asked
   */
  async ask(asked) {
    this.asked = asked;
    // At once: what is chosen before the answer comes is chosen on top of this.
    this.head.show(asked);
    const open = this.page.document?.record.id;
    history.replaceState(null, "", this.address(open));
    try {
      await this.#list(open);
      if (this.page.document) this.page.describe();
      else if (!open) await this.#openFirst();
      this.#next = this.#lookAhead();
    } catch (error) {
      this.page.say(error.message, true);
    }
  }

  async #openFirst() {
    const first = this.rows.at(0);
    if (first) await this.page.open(first.id);
  }

  /**
   * The page's address with an image, the filters and the order.
   * @param {number} [image]
   */
  address(image) {
    const query = writeFilters(new URLSearchParams(), this.asked);
    query.set("dataset", String(this.dataset));
    if (image) query.set("image", String(image));
    const theme = addressed("__theme");
    if (theme) query.set("__theme", theme);
    return `/review?${query}`;
  }

  /** Once an image is open. */
  show() {
    this.#next = this.#lookAhead();
    setTimeout(() => this.list.thumbnails.begin(), PICTURES_MS);
  }

  /** Resolves to the id of the image that most likely comes next, or null; it never rejects. */
  upcoming() {
    return this.#next;
  }

  /**
   * The id of the image some rows away, null where the list ends.
   * @param {number} id
   * @param {number} offset
   */
  async neighbour(id, offset) {
    const known = this.rows.neighbour(id, offset);
    if (known !== undefined) return known;
    const place = this.rows.placeOf(id);
    if (place < 0) return (await loadNeighbour(this.dataset, this.asked, id, offset)).id;
    await this.#fetch(place + offset, place + offset + 1);
    return this.rows.neighbour(id, offset) ?? null;
  }

  /**
   * Claim the next image after one that waits for a verdict: its id, null where none is free.
   * @param {number} [id]
   */
  async claimNext(id) {
    const { claims } = this.page;
    this.#held = [];
    await claims.released;
    const { id: next, held } = await claimNextOpen(this.dataset, this.asked, id);
    this.#held = held;
    if (next) claims.reserve(next);
    return next;
  }

  /**
   * Let others have the image that is claimed to come next: this one stays open.
   * @param {Promise<unknown>} coming
   */
  giveBack(coming) {
    this.page.claims.giveBackNext(coming);
  }

  async openNext() {
    const { page } = this;
    try {
      const next = await this.claimNext(page.document?.record.id);
      if (next) await page.open(next);
      else await this.sayFinished();
    } catch (error) {
      page.say(error.message, true);
    }
  }

  /**
   * Note an image's state; its row stays even if the filter hides it.
   * @param {{ id: number, state: State }} record
   */
  note({ id, state }) {
    const item = this.rows.find(id);
    if (item) item.state = state;
    if (hidesState(this.asked.filters, state)) this.rows.leave(id);
    else this.rows.comeBack(id);
  }

  /**
   * Show an image as the current one, in its state.
   * @param {{ id: number, state: State }} record
   */
  pointTo({ id, state }) {
    this.note({ id, state });
    this.list.pointTo(id);
  }

  /** @param {number} id */
  describePosition(id) {
    const place = this.rows.placeOf(id);
    return `${place < 0 ? "–" : place + 1}/${this.rows.total}`;
  }

  focus() {
    this.page.showAside("queue");
    this.list.element.focus();
  }

  /** Say that nothing waits any more, or nothing that is free, and where to go on. */
  async sayFinished() {
    const { page } = this;
    if (this.#held.length) {
      const [{ id }] = this.#held;
      const open = make("button", { className: "link", onclick: () => page.open(id) });
      open.textContent = this.#held.length === 1 ? "Open it" : "Open the first of them";
      return page.say(describeHeld(this.#held), false, open);
    }
    if (hasFilters(this.asked.filters)) {
      const clear = make("button", { className: "link", onclick: () => this.head.clear() });
      clear.textContent = "Clear the filter";
      return page.say("No other image of this filter waits for a verdict. ", false, clear);
    }
    await this.progress.load();
    const link = make("a", { href: pageAddress("/fine-tune", { dataset: this.dataset }) });
    link.textContent = "Go on to fine-tuning";
    if (this.progress.facts) page.say(describeFinished(this.progress.facts), false, link);
  }

  /**
   * Ask for the list anew; answers the position of an image in it, null where it has none.
   * @param {number} [around]
   */
  async #list(around) {
    this.#pages.cancel();
    const { asked } = this;
    const answer = await loadQueuePage(this.dataset, asked, around ? { around } : { offset: 0 });
    if (asked !== this.asked) return null; // something else was asked for meanwhile
    this.rows = new QueueRows();
    this.rows.total = answer.total;
    this.rows.put(answer);
    this.list.show(this.rows, asked.order);
    this.none.hidden = answer.total > 0;
    this.list.element.hidden = answer.total === 0;
    this.#clearSelection();
    if (around) this.list.pointTo(around);
    return answer.position;
  }

  /**
   * After a change of many images: the list, and the open image with it.
   * @param {number[]} left
   */
  async #reload(left) {
    await this.ask(this.asked);
    if (this.page.document) await this.page.reload();
    this.selection.set(left);
    this.bulk.refresh();
  }

  #clearSelection() {
    this.selection.clear();
    this.bulk.refresh();
    this.list.invalidate();
  }

  /**
   * Rows in sight: fetch those that are missing.
   * @param {number} from
   * @param {number} to
   */
  #need(from, to) {
    if (this.rows.findMissing(from, to) !== null) this.#pages.ask({ from, to });
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {AbortSignal} signal
   */
  async #tryFetch(from, to, signal) {
    try {
      await this.#fetch(from, to, signal);
    } catch (error) {
      if (!signal.aborted) this.page.say(error.message, true);
    }
  }

  /**
   * Fetch the pages of a range that are missing.
   * @param {number} from
   * @param {number} to
   * @param {AbortSignal} [signal]
   */
  async #fetch(from, to, signal) {
    const { rows, asked } = this;
    let last = null;
    let missing = rows.findMissing(from, to);
    while (missing !== null && missing !== last) {
      rows.put(await loadQueuePage(this.dataset, asked, { offset: missing }, signal));
      last = missing;
      missing = rows.findMissing(from, to);
    }
    this.list.invalidate();
  }

  /** Know what comes next before it is asked for: its id, and the rows around the open image. */
  async #lookAhead() {
    const id = this.page.document?.record.id;
    if (!id) return null;
    const { rows } = this;
    try {
      const place = rows.placeOf(id);
      if (place < 0) await this.#findPlace(id);
      else await this.#fetch(place - 1, place + 2);
      // A guess: somebody else may claim it first.
      const { id: next } = await loadNextOpen(this.dataset, this.asked, id);
      return next ?? rows.neighbour(id, 1) ?? null;
    } catch {
      return null; // what comes next is asked for again when it is wanted
    }
  }

  /**
   * Find the row of an image whose page was not fetched yet.
   * @param {number} id
   */
  async #findPlace(id) {
    const { rows, asked, page } = this;
    const answer = await loadQueuePage(this.dataset, asked, { around: id });
    if (answer.position === null || rows !== this.rows) return;
    rows.put(answer);
    if (page.document?.record.id === id) page.describe();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async #extend(from, to) {
    const { rows, page } = this;
    if (Math.abs(to - from) > MAX_RANGE) {
      return page.say(`Select up to ${MAX_RANGE} images as a range, or all with Ctrl+A.`, true);
    }
    try {
      await this.#fetch(Math.min(from, to), Math.max(from, to) + 1);
    } catch (error) {
      return page.say(error.message, true);
    }
    if (rows !== this.rows) return;
    this.selection.set(rows.listIds(from, to));
    this.bulk.refresh();
    this.list.invalidate();
  }
}
