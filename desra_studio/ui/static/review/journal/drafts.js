// Drafts: the server gets what was painted within a second, and again once it can be reached.

import { Refusal } from "../../shared/api.js";
import { dropDraft, putDraft } from "./drafts_api.js";

/** @import { Codec } from "./codec.js" */
/** @import { Work } from "./work.js" */

const DELAY_MS = 400;
const PATIENCE_MS = 3000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;

/**
 * @typedef {{
 *   onOffline: () => void,
 *   onOnline: () => void,
 *   onRefused: (work: Work, error: Refusal) => void,
 * }} Host hears when the server goes and comes back, and when it does not take a draft.
 */

export class Drafts {
  #codec;
  #host;
  /** @type {Set<Work>} */
  #waiting = new Set();
  /** @type {number | null} */
  #timer = null;
  #busy = false;
  #isHeld = false;
  /** @type {Promise<void> | null} */
  #sending = null;
  #retry = 0;

  /**
   * @param {Codec} codec
   * @param {Host} host
   */
  constructor(codec, host) {
    this.#codec = codec;
    this.#host = host;
    window.addEventListener("online", () => this.isOffline && this.#schedule(0));
  }

  /** Whether the server could not be reached when it was tried last. */
  get isOffline() {
    return this.#retry > 0;
  }

  /**
   * Bring the server's draft in line with a work: keep what it is now, or forget what it was.
   * @param {Work} work
   */
  ask(work) {
    if (!work.isKept && !work.isDrafted) return;
    this.#waiting.add(work);
    if (this.#timer === null && !this.#busy) this.#schedule(DELAY_MS);
  }

  /**
   * Send none until `release`, and wait, not for long, for the one on its way: a draft that came
   * after the save of what it drafts would be offered as unsaved work.
   */
  async hold() {
    this.#isHeld = true;
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const patience = new Promise((done) => setTimeout(done, PATIENCE_MS));
    if (this.#busy) await Promise.race([this.#sending, patience]);
  }

  release() {
    this.#isHeld = false;
    if (this.#waiting.size && !this.#busy) this.#schedule(this.#retry || DELAY_MS);
  }

  /** @param {number} delay */
  #schedule(delay) {
    clearTimeout(this.#timer ?? undefined);
    if (this.#isHeld) return;
    this.#timer = setTimeout(() => (this.#sending = this.#sendAll()), delay);
  }

  async #sendAll() {
    this.#timer = null;
    this.#busy = true;
    for (const work of [...this.#waiting]) {
      if (this.#isHeld) break;
      this.#waiting.delete(work);
      try {
        await this.#send(work);
        this.#setRetry(0);
      } catch (error) {
        if (error instanceof Refusal) {
          this.#host.onRefused(work, error);
        } else {
          this.#waiting.add(work);
          this.#setRetry(Math.min(LAST_RETRY_MS, 2 * this.#retry || FIRST_RETRY_MS));
          break;
        }
      }
    }
    this.#busy = false;
    if (this.#waiting.size) this.#schedule(this.#retry || DELAY_MS);
  }

  /** @param {Work} work */
  async #send(work) {
    const { id } = work.document.record;
    const { at, base } = work;
    const packed = await this.#codec.ask("pack", { key: work.key });
    if (packed) {
      await work.noteSending(packed.name);
      await putDraft(id, base.version, packed.body);
      // A save that overtook it has removed the draft before this one came.
      if (!work.isKept || work.base.version !== base.version) this.#waiting.add(work);
      else work.noteDrafted(at);
    } else if (work.isDrafted) {
      await dropDraft(id);
      work.isDrafted = false;
    }
  }

  /** @param {number} delay */
  #setRetry(delay) {
    const was = this.isOffline;
    this.#retry = delay;
    if (was !== this.isOffline) (was ? this.#host.onOnline : this.#host.onOffline)();
  }
}
