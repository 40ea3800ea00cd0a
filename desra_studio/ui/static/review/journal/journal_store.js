// Unsaved work in this browser's IndexedDB: rows of `work` say what it is about, `snapshot` has the
// whole mask as run lengths, `entry` the tiles that changed after that.

/** @import { KeptWork, WorkEntry, WorkFacts } from "#types/review" */

const NAME = "desra-studio-journal";
const STORES = /** @type {const} */ (["work", "snapshot", "entry"]);

/** Open the journal, making it where there is none; rejects where the browser keeps none. */
export async function openStore() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore("work", { keyPath: "key" });
    database.createObjectStore("snapshot");
    database.createObjectStore("entry", { keyPath: ["key", "serial"] });
  };
  const database = await settle(request);
  database.onversionchange = () => database.close();
  return new JournalStore(database);
}

/** @typedef {Record<(typeof STORES)[number], IDBObjectStore>} Stores */

class JournalStore {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * Keep what work is about, an entry of it, or a snapshot, which takes the place of its entries.
   * @param {WorkFacts} work
   * @param {{ entry?: WorkEntry | null, snapshot?: Uint8Array | null }} parts
   */
  async put(work, { entry = null, snapshot = null }) {
    await this.#write(({ work: works, snapshot: snapshots, entry: entries }) => {
      works.put(work);
      if (snapshot) {
        snapshots.put(snapshot, work.key);
        entries.delete(rangeOf(work.key));
      }
      if (entry) entries.put(entry);
    });
  }

  /**
   * Read what is kept under a key; null where nothing is.
   * @param {string} key
   * @returns {Promise<KeptWork | null>}
   */
  async load(key) {
    const { work, snapshot, entry } = this.#open("readonly");
    const [about, runs, entries] = await Promise.all([
      settle(work.get(key)),
      settle(snapshot.get(key)),
      settle(entry.getAll(rangeOf(key))),
    ]);
    return about ? { work: about, snapshot: runs, entries } : null;
  }

  /** @param {string} key */
  async drop(key) {
    await this.#write(({ work, snapshot, entry }) => {
      work.delete(key);
      snapshot.delete(key);
      entry.delete(rangeOf(key));
    });
  }

  /** @param {IDBTransactionMode} mode */
  #open(mode) {
    // On the disk before it is acknowledged: a crash may be one of the machine.
    const transaction = this.database.transaction(STORES, mode, { durability: "strict" });
    const [work, snapshot, entry] = STORES.map((name) => transaction.objectStore(name));
    return { transaction, work, snapshot, entry };
  }

  /**
   * @param {(stores: Stores) => void} change
   * @returns {Promise<void>}
   */
  #write(change) {
    const { transaction, ...stores } = this.#open("readwrite");
    return new Promise((done, failed) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => failed(transaction.error);
      change(stores);
    });
  }
}

/** @param {string} key */
const rangeOf = (key) => IDBKeyRange.bound([key, 0], [key, Infinity]);

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
const settle = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
