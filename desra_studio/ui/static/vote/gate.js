// When a vote may be given: once all pictures are loaded and the minimum time has passed, and once.
// No DOM here.

/** @import { ShownMark } from "#types/vote" */

/** Of one trial: loading -> waiting -> open -> sent. */
export class Gate {
  #state = "loading";
  /** @type {string | null} */
  #nonce = null;
  #opensAt = Infinity;

  get state() {
    return this.#state;
  }

  get nonce() {
    return this.#nonce;
  }

  /**
   * All pictures are shown, and the server said when voting opens; times are of a steady clock.
   * @param {ShownMark} shown
   * @param {number} now
   */
  show({ nonce, wait }, now) {
    if (this.#state !== "loading") return;
    this.#nonce = nonce;
    this.#opensAt = now + 1000 * wait;
    this.#state = "waiting";
    this.tick(now);
  }

  /**
   * Milliseconds until voting opens; 0 once it has.
   * @param {number} now
   */
  tick(now) {
    if (this.#state !== "waiting") return 0;
    const left = this.#opensAt - now;
    if (left > 0) return left;
    this.#state = "open";
    return 0;
  }

  /** Take the one answer: true the first time only, and only while voting is open. */
  take() {
    if (this.#state !== "open") return false;
    this.#state = "sent";
    return true;
  }
}
