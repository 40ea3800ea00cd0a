// Which images of a queue are selected. All of a long queue are selected without knowing their ids:
// then only the exceptions are kept.

/** @import { ChosenImages, Filters } from "#types/review" */

export class QueueSelection {
  #all = false;
  /** @type {Set<number>} */
  #marked = new Set();
  /** @type {number | null} Where a range begins, by place. */
  anchor = null;

  /** @param {number} id */
  has(id) {
    return this.#all !== this.#marked.has(id);
  }

  /**
   * How many, in a queue of a length.
   * @param {number} total
   */
  count(total) {
    return this.#all ? total - this.#marked.size : this.#marked.size;
  }

  /** @param {number} id */
  toggle(id) {
    if (!this.#marked.delete(id)) this.#marked.add(id);
  }

  /**
   * Select these and no others.
   * @param {number[]} ids
   */
  set(ids) {
    this.#all = false;
    this.#marked = new Set(ids);
  }

  takeAll() {
    this.#all = true;
    this.#marked = new Set();
  }

  clear() {
    this.set([]);
    this.anchor = null;
  }

  /**
   * As a request names them: { images }, or all but some as { filter, except }.
   * @param {Partial<Filters>} filter
   * @returns {ChosenImages}
   */
  toRequest(filter) {
    const marked = [...this.#marked];
    return this.#all ? { filter, except: marked } : { images: marked };
  }
}
