// The rows of a queue of any length, as far as they were fetched; the rest is fetched when it is
// seen. Rows keep their places until the queue is asked for again, whatever happens to the images.

/** @import { QueueItem, QueuePage } from "#types/review" */

export const PAGE_ROWS = 100;

export class QueueRows {
  total = 0;
  /** @type {(QueueItem | null | undefined)[]} by place; null where a row turned up that has a place already. */
  #rows = [];
  /** @type {Map<number, number>} */
  #places = new Map();
  /** @type {number[]} Places of rows that the server would not list any more, ascending. */
  #left = [];

  /**
   * Take a page of the server, whose offsets know nothing of the rows that left.
   * @param {Pick<QueuePage, "items" | "offset">} page
   */
  put({ items, offset }) {
    let place = offset;
    for (const left of this.#left) if (left <= place) place++;
    for (const item of items) {
      while (this.#left.includes(place)) place++;
      this.#fill(place++, item);
    }
    // A page that is not full is the last one: others took images out of what was asked for.
    if (items.length < PAGE_ROWS) this.total = Math.min(this.total, place);
  }

  /** @param {number} place */
  at(place) {
    return this.#rows[place];
  }

  /**
   * The place of an image in the list, -1 where it is not known to have one.
   * @param {number} id
   */
  placeOf(id) {
    return this.#places.get(id) ?? -1;
  }

  /** @param {number} id */
  find(id) {
    return this.at(this.placeOf(id));
  }

  /**
   * The offset to ask for where a row of a range is missing, else null.
   * @param {number} from
   * @param {number} to
   */
  findMissing(from, to) {
    for (let place = Math.max(0, from); place < Math.min(to, this.total); place++) {
      if (this.#rows[place] !== undefined) continue;
      const first = place - (place % PAGE_ROWS);
      return first - this.#left.filter((left) => left < first).length;
    }
    return null;
  }

  /**
   * The server would not list this row any more: what comes after it moved up there, not here.
   * @param {number} id
   */
  leave(id) {
    const place = this.placeOf(id);
    if (place < 0 || this.#left.includes(place)) return;
    this.#left = [...this.#left, place].sort((one, other) => one - other);
  }

  /**
   * It would list the row after all.
   * @param {number} id
   */
  comeBack(id) {
    this.#left = this.#left.filter((place) => place !== this.placeOf(id));
  }

  /**
   * The image some rows away: its id, null at the end of the list, undefined if not known.
   * @param {number} id
   * @param {number} offset
   */
  neighbour(id, offset) {
    let place = this.placeOf(id);
    if (place < 0) return undefined;
    do place += offset;
    while (this.#rows[place] === null);
    return place < 0 || place >= this.total ? null : this.#rows[place]?.id;
  }

  /**
   * The ids of the rows from one place to another, both included, as far as they are known.
   * @param {number} one
   * @param {number} other
   */
  listIds(one, other) {
    const rows = this.#rows.slice(Math.min(one, other), Math.max(one, other) + 1);
    return rows.flatMap((item) => (item ? [item.id] : []));
  }

  /**
   * @param {number} place
   * @param {QueueItem} item
   */
  #fill(place, item) {
    if (this.#rows[place] || place >= this.total) return;
    const known = this.#places.has(item.id);
    this.#rows[place] = known ? null : item;
    if (!known) this.#places.set(item.id, place);
  }
}

/**
 * Rows to draw, with some beyond the edges so that scrolling shows no gap: from, to (excluded).
 * @param {{ top: number, height: number, rowHeight: number, total: number, spare?: number }} view
 */
export function windowRows({ top, height, rowHeight, total, spare = 6 }) {
  const from = Math.max(0, Math.floor(top / rowHeight) - spare);
  const to = Math.min(total, Math.ceil((top + height) / rowHeight) + spare);
  return { from: Math.min(from, to), to };
}

/**
 * How far to scroll so that a row is seen: as little as possible.
 * @param {number} place
 * @param {{ top: number, height: number, rowHeight: number }} view
 */
export function scrollTo(place, { top, height, rowHeight }) {
  const start = place * rowHeight;
  return Math.max(Math.min(top, start), start + rowHeight - height);
}
