// The kinds of artifacts of the dataset under review, in the order of their keys.

import { putJson, readJson } from "../../shared/api.js";

/** @import { KindsAnswer, ReviewPage } from "#types/review" */

/** So many of them, the first ones, have a key. */
export const KEYED_KINDS = 7;

/** @param {number} dataset */
const address = (dataset) => `/studio/api/datasets/${dataset}/kinds`;

/** Part of the page. */
export class Kinds {
  /** @type {string[]} */
  list = [];
  /**
   * How many labels have a kind; those of none are missing.
   * @type {Record<string, number>}
   */
  used = {};
  /** @type {string[]} The kinds of a new dataset. */
  usual = [];
  /** @type {number | null} */
  #dataset = null;
  /** @type {((kinds: string[]) => void)[]} */
  #listeners = [];

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
  }

  /**
   * Call back now and whenever the kinds are others.
   * @param {(kinds: string[]) => void} listener
   */
  listen(listener) {
    this.#listeners.push(listener);
    listener(this.list);
  }

  /** With the first image of a dataset. */
  async show() {
    const { page } = this;
    if (this.#dataset === page.dataset) return;
    this.#dataset = page.dataset;
    try {
      await this.load();
    } catch (error) {
      this.#dataset = null;
      page.say(error.message, true);
    }
  }

  /**
   * Make these the kinds of the dataset; an Error says why they cannot be.
   * @param {string[]} list
   */
  async save(list) {
    this.#take(await putJson(address(this.page.dataset), { kinds: list }));
  }

  /** Ask again how many labels have which kind. */
  async load() {
    this.#take(await readJson(address(this.page.dataset)));
  }

  /** @param {KindsAnswer} answer */
  #take({ kinds, used, usual }) {
    this.list = kinds;
    this.used = used;
    this.usual = usual;
    for (const listener of this.#listeners) listener(kinds);
  }
}
