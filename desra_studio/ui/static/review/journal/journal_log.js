// What the journal keeps of the unsaved work on one image: the whole mask once, then the tiles that
// each action changed, and from time to time the whole mask again, so that it cannot grow.

import { decodeRuns, encodeRuns } from "../../masks/runs.js";
import { readTile, writeTile } from "../../masks/tiles.js";

/** @import { Tile } from "#types/masks" */
/** @import { KeptWork, WorkEntry, WorkFacts, WorkStore } from "#types/review" */

export const MOST_ENTRIES = 64;
export const MOST_BYTES = 4 * 1024 * 1024;

export class WorkLog {
  #store;
  /** @type {Uint8Array | null} The saved mask, until it is kept. */
  #snapshot;
  #serial = 0;
  #entries = 0;
  #bytes = 0;

  /**
   * @param {Pick<WorkStore, "put">} store
   * @param {WorkFacts} work
   * @param {Uint8Array | null} runs run lengths of the saved mask, null where it marks nothing.
   */
  constructor(store, work, runs) {
    const size = work.width * work.height;
    this.#store = store;
    this.work = work;
    this.mask = runs ? decodeRuns(runs, size) : new Uint8Array(size);
    this.#snapshot = runs ?? encodeRuns(this.mask);
  }

  /**
   * Keep what changed, and what the work is about now.
   * @param {WorkFacts} work
   * @param {Tile[]} tiles
   */
  async record(work, tiles) {
    /** @type {WorkEntry} */
    const entry = {
      key: work.key,
      serial: ++this.#serial,
      at: work.at,
      tiles: tiles.map(({ index, pixels }) => ({ index, runs: encodeRuns(pixels) })),
    };
    this.#write(work, tiles);
    this.#entries += 1;
    for (const { runs } of entry.tiles) this.#bytes += runs.length;
    const snapshot = this.#snapshot;
    this.#snapshot = null;
    await this.#store.put(work, { entry, snapshot });
    if (this.#entries >= MOST_ENTRIES || this.#bytes >= MOST_BYTES) await this.#compact();
  }

  /**
   * Keep what is said about the work, with the pixels as they are.
   * @param {WorkFacts} work
   */
  async describe(work) {
    this.work = work;
    await this.#store.put(work, {});
  }

  /**
   * A save took most of it: keep what `work` still counts, with the tiles that changed since.
   * @param {WorkFacts} work
   * @param {Tile[]} tiles
   */
  async rebase(work, tiles) {
    this.#write(work, tiles);
    await this.#compact();
  }

  /**
   * @param {WorkFacts} work
   * @param {Tile[]} tiles
   */
  #write(work, tiles) {
    this.work = work;
    for (const { index, pixels } of tiles) {
      writeTile(this.mask, index, work.width, work.height, pixels);
    }
  }

  async #compact() {
    this.#entries = this.#bytes = 0;
    await this.#store.put(this.work, { snapshot: encodeRuns(this.mask) });
  }
}

/**
 * The mask of what a store loaded.
 * @param {KeptWork} kept
 */
export function rebuildMask({ work: { width, height }, snapshot, entries }) {
  const mask = decodeRuns(snapshot, width * height);
  for (const { tiles } of entries) {
    for (const { index, runs } of tiles) {
      const { length } = readTile(mask, index, width, height);
      writeTile(mask, index, width, height, decodeRuns(runs, length));
    }
  }
  return mask;
}
