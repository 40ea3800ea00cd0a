// Tiles of an image, loaded when they are first seen; those used last are kept. No DOM here.

const AT_ONCE = 4;
// Where the view moves on, what it has passed need not be loaded any more.
const WAITING = 32;
const RETRY_MS = 3000;

/** @template Tile */
export class TileCache {
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {Map<string, (() => void) | undefined>} Who hears of what is still to be loaded. */
  #waiting = new Map();
  /** @type {Set<string>} */
  #loading = new Set();
  #load;
  #most;
  #atOnce;

  /**
   * @param {(key: string) => Promise<Tile>} load fetches a tile.
   * @param {number} most how many are kept.
   * @param {number} atOnce how many are loaded at a time.
   */
  constructor(load, most, atOnce = AT_ONCE) {
    this.#atOnce = atOnce;
    this.#load = load;
    this.#most = most;
  }

  /**
   * A tile; null where it is not there.
   * @param {string} key
   */
  peek(key) {
    return this.#tiles.get(key) ?? null;
  }

  /**
   * A tile; one that is not there is loaded, and `onReady` hears of it.
   * @param {string} key
   * @param {() => void} [onReady]
   * @returns {Tile | null}
   */
  get(key, onReady) {
    const tile = this.#tiles.get(key);
    if (tile) {
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
      return tile;
    }
    if (!this.#loading.has(key)) {
      this.#waiting.delete(key);
      this.#waiting.set(key, onReady);
      if (this.#waiting.size > WAITING) dropFirst(this.#waiting);
      this.#next();
    }
    return null;
  }

  /** Load what was asked for last first: that is what is seen. */
  #next() {
    if (this.#loading.size >= this.#atOnce || this.#waiting.size === 0) return;
    const [key, onReady] = /** @type {[string, (() => void) | undefined]} */ ([...this.#waiting].at(-1));
    this.#waiting.delete(key);
    this.#loading.add(key);
    this.#load(key).then(
      (tile) => {
        this.#tiles.set(key, tile);
        if (this.#tiles.size > this.#most) dropFirst(this.#tiles);
        this.#end(key, onReady);
      },
      // The next frame asks again; not at once, or a server that is away would be asked for ever.
      () => setTimeout(() => this.#end(key, onReady), RETRY_MS),
    );
    this.#next();
  }

  /**
   * @param {string} key
   * @param {() => void} [onReady]
   */
  #end(key, onReady) {
    this.#loading.delete(key);
    onReady?.();
    this.#next();
  }
}

/** @param {Map<string, unknown>} map not empty. */
const dropFirst = (map) => map.delete(/** @type {string} */ (map.keys().next().value));
