// Sending files in pieces, a few files at a time, and going on by itself after the network was away.
// No DOM: how a piece is sent and how one waits is handed in.

import { Refusal } from "../shared/api.js";

/** @import { PutPiece } from "#types/uploads" */

/**
 * A file, and how much of it is there.
 * @typedef {{ path: string, file: Blob, offset: number }} Part
 */

export const PIECE_BYTES = 8_000_000;
const AT_A_TIME = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Answers that come from what lies between, or from no server at all; all others mean it. */
const PASSING = new Set([0, 408, 429, 502, 503, 504]);
const CONFLICT = 409;

export class Sender {
  #stop = new AbortController();
  /** @type {Map<Part, number>} Bytes of the piece of each file that is under way. */
  #underWay = new Map();
  #sent = 0;

  /**
   * @param {Part[]} parts
   * @param {{
   *   put: PutPiece,
   *   pause: (ms: number, signal: AbortSignal) => Promise<void>,
   *   onTrouble?: (seconds: number) => void,
   * }} ways `onTrouble` hears for how long the next try is waited for, and 0 once it went well.
   */
  constructor(parts, { put, pause, onTrouble = () => {} }) {
    this.waiting = [...parts];
    this.left = parts.length;
    this.put = put;
    this.pause = pause;
    this.onTrouble = onTrouble;
  }

  /** How many bytes were sent: those that arrived, and those of pieces under way. */
  get sent() {
    return [...this.#underWay.values()].reduce((sum, bytes) => sum + bytes, this.#sent);
  }

  get stopped() {
    return this.#stop.signal.aborted;
  }

  /** Send all of it; rejects with what the server refuses, or an AbortError once stopped. */
  async run() {
    const lines = Array.from({ length: AT_A_TIME }, () => this.#work());
    try {
      await Promise.all(lines);
    } catch (error) {
      this.stop();
      await Promise.allSettled(lines);
      throw error;
    }
  }

  stop() {
    this.#stop.abort();
  }

  async #work() {
    for (let part = this.waiting.shift(); part; part = this.waiting.shift()) {
      await this.#sendFile(part);
      this.left -= 1;
    }
  }

  /** @param {Part} part */
  async #sendFile(part) {
    const { file } = part;
    let failures = 0;
    let isWhole = false;
    while (!isWhole) {
      this.#stop.signal.throwIfAborted();
      // After a failure nothing is sent but the question how much is there.
      const end = failures ? part.offset : part.offset + PIECE_BYTES;
      try {
        const length = await this.#sendPiece(part, file.slice(part.offset, end));
        if (failures) this.onTrouble(0);
        this.#sent += length - part.offset;
        part.offset = length;
        isWhole = length >= file.size;
        failures = 0;
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        if (!(error instanceof Refusal && PASSING.has(error.status))) throw error;
        await checkReadable(part);
        const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
        failures += 1;
        this.onTrouble(ms / 1000);
        await this.pause(ms, this.#stop.signal);
      }
    }
  }

  /**
   * @param {Part} part
   * @param {Blob} piece
   */
  async #sendPiece(part, piece) {
    const { path, offset } = part;
    /** @param {number} bytes */
    const hear = (bytes) => this.#underWay.set(part, Math.min(bytes, piece.size));
    try {
      return await this.put(path, offset, piece, hear, this.#stop.signal);
    } catch (error) {
      if (!(error instanceof Refusal && error.status === CONFLICT)) throw error;
      return Number(error.answer.length);
    } finally {
      this.#underWay.delete(part);
    }
  }
}

/**
 * See that a file can still be read: to the browser one that is gone looks like a lost network.
 * @param {Part} part
 */
async function checkReadable({ path, file }) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error(`${path} was changed or moved while it was sent. Choose it again.`);
  }
}

/** How fast something goes, over the last seconds. */
export class Pace {
  /** @type {[at: number, done: number][]} */
  #marks = [];

  /** @param {number} seconds */
  constructor(seconds = 10) {
    this.window = 1000 * seconds;
  }

  /**
   * @param {number} at in ms.
   * @param {number} done
   */
  mark(at, done) {
    this.#marks.push([at, done]);
    while (this.#marks.length > 2 && this.#marks[1][0] <= at - this.window) this.#marks.shift();
  }

  /** Per second; 0 until it can be told. */
  get rate() {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last[0] <= first[0]) return 0;
    return Math.max(0, (1000 * (last[1] - first[1])) / (last[0] - first[0]));
  }
}
