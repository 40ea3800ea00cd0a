// One tab of this browser works on an image at a time; another one can take it over.

const PATIENCE_MS = 1000;

export class TabLock {
  /** @type {string | null} */
  #name = null;
  /** @type {((value?: unknown) => void) | null} */
  #letGo = null;
  #onLost;
  #channel = new BroadcastChannel("desra-studio-tabs");

  /** @param {() => Promise<unknown>} onLost hears that another tab takes over, which waits for it. */
  constructor(onLost) {
    this.#onLost = onLost;
    this.#channel.onmessage = async ({ data }) => {
      if (data.wants !== this.#name) return;
      await this.#onLost();
      this.release();
    };
  }

  /**
   * Take a name, letting go of the one before; tells whether no other tab has it.
   * @param {string} name
   */
  async take(name) {
    if (this.#name === name) return true;
    this.release();
    // Browsers only have locks where the address is local or encrypted.
    if (!navigator.locks) return true;
    return this.#request(name, { ifAvailable: true });
  }

  /**
   * Take a name from the tab that has it: asked first, by force where that tab does not answer.
   * @param {string} name
   */
  async takeOver(name) {
    this.release();
    if (!navigator.locks) return;
    this.#channel.postMessage({ wants: name });
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const given = await this.#request(name, { signal: patience }).catch(() => false);
    if (!given) await this.#request(name, { steal: true });
  }

  release() {
    this.#letGo?.();
    this.#letGo = this.#name = null;
  }

  /**
   * Tells whether the name was given; it is held until `release`.
   * @param {string} name
   * @param {LockOptions} options
   * @returns {Promise<boolean>}
   */
  #request(name, options) {
    return new Promise((done, failed) => {
      const held = navigator.locks.request(`desra-studio/${name}`, options, (lock) => {
        done(lock !== null);
        if (!lock) return null;
        this.#name = name;
        return new Promise((letGo) => (this.#letGo = letGo));
      });
      held.catch((error) => {
        failed(error);
        // Taken by force while this tab held it.
        if (this.#name !== name) return;
        this.#letGo = this.#name = null;
        this.#onLost();
      });
    });
  }
}
