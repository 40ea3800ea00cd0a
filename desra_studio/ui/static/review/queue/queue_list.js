// The list of the queue: however long it is, only the rows in sight are elements.

import { make } from "../../shared/dom.js";
import { makeScheduler } from "../../shared/frame.js";
import { QueueRows, scrollTo, windowRows } from "./queue_rows.js";
import { THUMBNAIL, Thumbnails } from "./thumbnails.js";
import { MARKS, barLength, describeItem, listBadges, writeFigure } from "./queue_row.js";

/** @import { QueueSelection } from "./queue_selection.js" */
/** @import { Order, QueueItem } from "#types/review" */

const ROW_HEIGHT = 40;

/**
 * How a key moves from a place, in a list that shows some rows at once.
 * @type {Record<string, (place: number, shown: number) => number>}
 */
const MOVES = {
  ArrowUp: (place) => place - 1,
  ArrowDown: (place) => place + 1,
  PageUp: (place, shown) => place - shown,
  PageDown: (place, shown) => place + shown,
  Home: () => 0,
  End: () => Infinity,
};

/**
 * @typedef {{
 *   open: (id: number, byMouse: boolean) => void,
 *   need: (from: number, to: number) => void,
 *   extend: (from: number, to: number) => void,
 *   selected: () => void,
 *   leave: () => void,
 * }} Host hears what is done in the list; ranges are by place.
 */

/** @typedef {ReturnType<typeof makeRow>} Row */

export class QueueList {
  #rows = new QueueRows();
  /** @type {Order} */
  #order = "name";
  /** @type {number | null} */
  #current = null;
  #active = 0;
  /** @type {Row[]} */
  #pool = [];
  thumbnails = new Thumbnails(() => this.invalidate());
  /** Draw once before the next frame, however often this is called. */
  invalidate = makeScheduler(() => this.#draw());

  /**
   * @param {QueueSelection} selection
   * @param {Host} host
   */
  constructor(selection, host) {
    this.selection = selection;
    this.host = host;
    this.space = make("div", { className: "space", role: "presentation" });
    this.element = make("div", { className: "list", tabIndex: 0, role: "listbox" }, this.space);
    this.element.setAttribute("aria-label", "Images of the queue");
    this.element.setAttribute("aria-multiselectable", "true");
    this.element.addEventListener("scroll", () => this.invalidate(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.element.addEventListener("click", (event) => this.#click(event));
    this.element.addEventListener("focus", () => this.invalidate());
    new ResizeObserver(() => this.invalidate()).observe(this.element);
  }

  /**
   * Show other rows, from the top.
   * @param {QueueRows} rows
   * @param {Order} order
   */
  show(rows, order) {
    this.#rows = rows;
    this.#order = order;
    this.#active = 0;
    this.element.scrollTop = 0;
    this.invalidate();
  }

  /**
   * Mark an image as the one that is open; it comes into sight when it is another one.
   * @param {number} id
   */
  pointTo(id) {
    const place = this.#rows.placeOf(id);
    if (this.#current !== id && place >= 0) this.#moveTo(place);
    if (place >= 0) this.#current = id;
    this.invalidate();
  }

  get #view() {
    const { scrollTop: top, clientHeight: height } = this.element;
    return { top, height, rowHeight: ROW_HEIGHT };
  }

  #draw() {
    const view = this.#view;
    if (!view.height) return;
    const { total } = this.#rows;
    const { from, to } = windowRows({ ...view, total });
    this.space.style.height = `${total * ROW_HEIGHT}px`;
    this.#fillPool(to - from);
    // A row keeps its element while it is in sight.
    const size = this.#pool.length;
    /** @type {Set<Row>} */
    const shown = new Set();
    for (let place = from; place < to; place++) {
      const row = this.#pool[place % size];
      shown.add(row);
      this.#fill(row, place, total);
    }
    for (const row of this.#pool) row.element.hidden = !shown.has(row);
    const active = this.#active >= from && this.#active < to ? rowId(this.#active) : null;
    if (active) this.element.setAttribute("aria-activedescendant", active);
    else this.element.removeAttribute("aria-activedescendant");
    this.host.need(from, to);
  }

  /** @param {number} wanted */
  #fillPool(wanted) {
    if (wanted <= this.#pool.length) return;
    const made = Array.from({ length: wanted - this.#pool.length }, makeRow);
    this.#pool.push(...made);
    this.space.append(...made.map(({ element }) => element));
  }

  /**
   * @param {Row} row
   * @param {number} place
   * @param {number} total
   */
  #fill(row, place, total) {
    const { element } = row;
    const item = this.#rows.at(place);
    if (row.place !== place || row.total !== total) {
      Object.assign(row, { place, total, text: null });
      element.id = rowId(place);
      element.style.transform = `translateY(${place * ROW_HEIGHT}px)`;
      element.setAttribute("aria-setsize", String(total));
      element.setAttribute("aria-posinset", String(place + 1));
    }
    const current = item?.id === this.#current && this.#current !== null;
    element.classList.toggle("active", place === this.#active);
    if (current) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
    element.setAttribute("aria-selected", String(Boolean(item && this.selection.has(item.id))));
    this.thumbnails.show(row.picture, item?.id ?? null);
    const text = item ? `${this.#order} ${describeItem(item)}` : "";
    if (row.text === text) return;
    row.text = text;
    this.#write(row, item);
  }

  /**
   * @param {Row} row
   * @param {QueueItem | null | undefined} item
   */
  #write({ element, mark, name, count, bar, badges, aloud }, item) {
    element.classList.toggle("waiting", item === undefined);
    element.title = item ? describeItem(item) : "";
    aloud.textContent = item ? element.title : "Loading";
    element.dataset.image = String(item?.id ?? "");
    mark.textContent = item ? MARKS[item.state] : "";
    name.textContent = item?.name ?? "";
    count.textContent = item ? writeFigure(item, this.#order) : "";
    bar.style.width = item ? `${100 * barLength(item)}%` : "0";
    badges.textContent = item ? listBadges(item, this.#order).join("  ") : "";
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { ctrlKey, metaKey, altKey, shiftKey, key } = event;
    if (altKey || !this.#rows.total) return;
    const command = ctrlKey || metaKey;
    const shown = Math.max(1, Math.floor(this.#view.height / ROW_HEIGHT) - 1);
    if (key === "Escape") this.host.leave();
    else if (command && key.toLowerCase() === "a" && !shiftKey) this.selection.takeAll();
    else if (key === "Enter" && !command && !shiftKey) this.#open(this.#active);
    else if (key === " ") this.#toggle(this.#active);
    else if (MOVES[key] && !command) this.#move(MOVES[key](this.#active, shown), shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has other uses for the same keys
    this.host.selected();
    this.invalidate();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const row = event.target instanceof Element && event.target.closest("[role=option]");
    if (!row) return;
    const place = Number(row.getAttribute("aria-posinset")) - 1;
    const before = this.#active;
    this.#active = place;
    if (event.ctrlKey || event.metaKey) this.#toggle(place);
    else if (event.shiftKey) this.#extend(before, place);
    else this.#open(place, event.detail > 0);
    this.host.selected();
    this.invalidate();
  }

  /** @param {number} place */
  #open(place, byMouse = false) {
    const item = this.#rows.at(place);
    if (item) this.host.open(item.id, byMouse);
  }

  /** @param {number} place */
  #toggle(place) {
    const item = this.#rows.at(place);
    if (item) this.selection.toggle(item.id);
    this.selection.anchor = place;
  }

  /**
   * @param {number} wanted
   * @param {boolean} extending
   */
  #move(wanted, extending) {
    const before = this.#active;
    this.#moveTo(Math.min(this.#rows.total - 1, Math.max(0, wanted)));
    if (extending) this.#extend(before, this.#active);
    else this.selection.anchor = null;
  }

  /**
   * @param {number} before
   * @param {number} place
   */
  #extend(before, place) {
    this.selection.anchor ??= before;
    this.host.extend(this.selection.anchor, place);
  }

  /** @param {number} place */
  #moveTo(place) {
    this.#active = place;
    const view = this.#view;
    if (!view.height) return;
    // The rows in sight may not have their height yet.
    this.space.style.height = `${this.#rows.total * ROW_HEIGHT}px`;
    this.element.scrollTop = scrollTo(place, view);
  }
}

/** @param {number} place */
const rowId = (place) => `studio-queue-row-${place}`;

function makeRow() {
  // What is seen is short, what is said is whole: no name but the content, or they would differ.
  const span = (/** @type {string} */ className) => make("span", { className, ariaHidden: "true" });
  const [mark, name, count, badges] = ["mark", "name", "count", "badges"].map(span);
  const aloud = make("span", { className: "aloud" });
  const bar = make("span");
  const picture = make("canvas", { className: "thumbnail", ariaHidden: "true", ...THUMBNAIL });
  const element = make(
    "div",
    { className: "row", role: "option" },
    picture,
    mark,
    name,
    count,
    make("span", { className: "under" }, make("span", { className: "area" }, bar), badges),
    aloud,
  );
  // What is shown, so that only what is another is written.
  const shown = { place: -1, total: -1, text: /** @type {string | null} */ (null) };
  return { element, picture, mark, name, count, bar, badges, aloud, ...shown };
}
