// The unsaved work on one image, as the journal keeps it.

/** @import { Codec } from "./codec.js" */
/** @import { ReviewDocument } from "../document.js" */
/** @import { Tile } from "#types/masks" */
/** @import { Base, CodecTasks, ImageRecord, WorkFacts } from "#types/review" */

/**
 * Where the work of a user on an image is kept. Ids come again in other data directories.
 * @param {Pick<ImageRecord, "id" | "gan">} record
 * @param {string} user
 */
export const keyOf = ({ id, gan }, user) => `${id}/${gan.sha}/${user}`;

// So many answers in a row may be lost.
const MOST_SENT = 8;

/**
 * What work starts from: the version it is saved against, and the mask of that version.
 * @param {Pick<ImageRecord, "version" | "revision" | "detection">} record
 * @returns {Base}
 */
export const baseOf = ({ version, revision, detection }) => ({
  version,
  sha: (revision ?? detection)?.sha ?? null,
});

/**
 * @typedef {{ onChange: (work: Work) => void, onError: (error: Error) => void }} Host hears of every
 *   change, and where this browser could not keep something.
 */

export class Work {
  /**
   * Names of the last drafts that were sent: one of them is the server's, or another browser's is.
   * @type {string[]}
   */
  sent = [];
  /**
   * `at` of the last action that the server is known to have.
   * @type {number | null}
   */
  draftedAt = null;
  /** Whether the server may have one. */
  isDrafted = false;
  /**
   * When the last action was kept, null where nothing is kept.
   * @type {number | null}
   */
  at = null;
  /** @type {number | null} */
  #from = null;
  #isUnderWay = false;
  /** @type {{ serial: number, actions: number } | null} */
  #resumed = null;

  /**
   * @param {Codec} codec
   * @param {ReviewDocument} document
   * @param {string} user
   * @param {Host} host
   */
  constructor(codec, document, user, host) {
    this.codec = codec;
    this.document = document;
    this.user = user;
    this.host = host;
    this.isDrafted = Boolean(document.record.draft);
    this.key = keyOf(document.record, user);
    this.base = baseOf(document.record);
  }

  /** Actions that are not saved; one under way counts as one, those taken up again as they did. */
  get actions() {
    const unsaved = this.document.history.listUnsaved();
    const before = this.#resumed;
    const resumed = before && unsaved.includes(before.serial) ? before.actions - 1 : 0;
    return unsaved.length + resumed + (this.#isUnderWay ? 1 : 0);
  }

  /** Whether anything is kept. */
  get isKept() {
    return this.at !== null;
  }

  /** Keep what an action changed that was done. */
  add() {
    this.#isUnderWay = false;
    if (this.document.dirty) this.#record();
    else this.settle();
  }

  /** Keep what an action under way has changed so far. */
  addPart() {
    if (!this.document.history.hasChanged) return;
    this.#isUnderWay = true;
    this.#record();
  }

  /**
   * Keep work that was taken up again: many actions, which are one in this document.
   * @param {{ actions: number, from: number | null }} kept
   */
  resume({ actions, from }) {
    this.#resumed = { serial: this.document.history.current, actions };
    this.#from = from;
    this.add();
  }

  /** The mask was saved or is as it was; keep what came after that, on top of the new version. */
  settle() {
    this.base = baseOf(this.document.record);
    this.sent = [];
    this.draftedAt = null;
    if (this.isKept && this.actions) {
      const tiles = this.document.history.takeChanged();
      this.#ask("rebase", { tiles }, tiles);
    } else if (this.isKept) {
      this.#from = this.at = null;
      this.codec.ask("drop", { key: this.key }).catch(this.host.onError);
    }
    this.host.onChange(this);
  }

  /** Forget all of it: what it led to is saved in another way. */
  discard() {
    const { history } = this.document;
    this.#isUnderWay = false;
    history.savedSerial = history.current;
    this.settle();
  }

  /** The action under way was given up: what it changed is changed back. */
  dropPart() {
    if (this.#isUnderWay) this.add();
  }

  /**
   * A draft is on its way; kept first, since its answer may be lost.
   * @param {string} name
   */
  noteSending(name) {
    this.isDrafted = true;
    this.sent = [...this.sent, name].slice(-MOST_SENT);
    return this.#ask("describe", {});
  }

  /**
   * The server has what was kept until `at`.
   * @param {number | null} at
   */
  noteDrafted(at) {
    this.draftedAt = at;
    if (this.isKept) this.#ask("describe", {});
  }

  #record() {
    this.at = Date.now();
    this.#from ??= this.at;
    const { history, savedRuns } = this.document;
    const tiles = history.takeChanged();
    this.#ask("record", { tiles, runs: savedRuns }, tiles);
    this.host.onChange(this);
  }

  /**
   * @template {"describe" | "record" | "rebase"} Task
   * @param {Task} task
   * @param {Omit<CodecTasks[Task]["value"], "work">} value
   * @param {Tile[]} tiles of it, whose pixels are handed over
   */
  #ask(task, value, tiles = []) {
    const transfer = tiles.map(({ pixels }) => pixels.buffer);
    const whole = { work: this.#describe(), ...value };
    return this.codec.ask(task, whole, transfer).catch(this.host.onError);
  }

  /** @returns {WorkFacts} */
  #describe() {
    const { id, name } = this.document.record;
    const { width, height } = this.document;
    const { key, user, base, sent, draftedAt, actions, at } = this;
    const times = { from: this.#from, at, draftedAt, isUnderWay: this.#isUnderWay };
    return { key, image: id, name, user, width, height, base, sent, actions, ...times };
  }
}
