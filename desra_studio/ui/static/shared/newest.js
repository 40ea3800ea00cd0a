// Requests for something that moves faster than the answers come: one at a time, the newest next.

/** @template [Value=void] */
export class Newest {
  #ask;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {{ value: Value } | null} */
  #waiting = null;
  #onIdle;

  /**
   * @param {(value: Value, signal: AbortSignal) => Promise<unknown>} ask makes one request; it must
   *   not reject.
   * @param {() => void} onIdle hears when all that was asked is answered.
   */
  constructor(ask, onIdle = () => {}) {
    this.#ask = ask;
    this.#onIdle = onIdle;
  }

  get pending() {
    return this.#running !== null;
  }

  /**
   * Ask with a value; while a request is on its way only the newest value is kept.
   * @param {Value} value
   */
  ask(value) {
    this.#waiting = { value };
    if (!this.pending) this.#next();
  }

  /** Forget what was asked; an answer that still comes is for an aborted signal. */
  cancel() {
    this.#waiting = null;
    this.#running?.abort();
    this.#running = null;
  }

  async #next() {
    while (this.#waiting) {
      const { value } = this.#waiting;
      const running = new AbortController();
      this.#waiting = null;
      this.#running = running;
      await this.#ask(value, running.signal);
      // Cancelled: whoever asked again meanwhile runs in a loop of its own.
      if (this.#running !== running) return;
      this.#running = null;
    }
    this.#onIdle();
  }
}
