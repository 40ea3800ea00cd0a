// Unsaved work in this browser's IndexedDB: rows of `work` say what it is about, `snapshot` has the
// whole mask as run lengths, `entry` the tiles that changed after that.

const NAME = "desra-studio-journal";
const STORES = ["work", "snapshot", "entry"];

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

class JournalStore {
  constructor(database) {
    this.database = database;
  }

  /** Keep what work is about, an entry of it, or a snapshot, which takes the place of its entries. */
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

  /** Read { work, snapshot, entries }, or null where nothing is kept under a key. */
  async load(key) {
    const { work, snapshot, entry } = this.#open("readonly");
    const [about, runs, entries] = await Promise.all([
      settle(work.get(key)),
      settle(snapshot.get(key)),
      settle(entry.getAll(rangeOf(key))),
    ]);
    return about ? { work: about, snapshot: runs, entries } : null;
  }

  async drop(key) {
    await this.#write(({ work, snapshot, entry }) => {
      work.delete(key);
      snapshot.delete(key);
      entry.delete(rangeOf(key));
    });
  }

  #open(mode) {
    // On the disk before it is acknowledged: a crash may be one of the machine.
    const transaction = this.database.transaction(STORES, mode, { durability: "strict" });
    const stores = STORES.map((name) => [name, transaction.objectStore(name)]);
    return { transaction, ...Object.fromEntries(stores) };
  }

  #write(change) {
    const { transaction, ...stores } = this.#open("readwrite");
    return new Promise((done, failed) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => failed(transaction.error);
      change(stores);
    });
  }
}

const rangeOf = (key) => IDBKeyRange.bound([key, 0], [key, Infinity]);

const settle = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
