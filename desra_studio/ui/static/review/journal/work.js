// The unsaved work on one image, as the journal keeps it.

/** Where the work of a user on an image is kept. Ids come again in other data directories. */
export const keyOf = ({ id, gan }, user) => `${id}/${gan.sha}/${user}`;

// So many answers in a row may be lost.
const MOST_SENT = 8;

/** What work starts from: the version it is saved against, and the mask of that version. */
export const baseOf = ({ version, revision, detection }) => ({
  version,
  sha: (revision ?? detection)?.sha ?? null,
});

export class Work {
  /** Names of the last drafts that were sent: one of them is the server's, or another browser's is. */
  sent = [];
  /** `at` of the last action that the server is known to have. */
  draftedAt = null;
  /** Whether the server may have one. */
  isDrafted = false;
  /** When the last action was kept, null where nothing is kept. */
  at = null;
  #from = null;
  #isUnderWay = false;
  #resumed = { serial: null, actions: 0 };

  /**
   * @param {object} host `onChange(work)` hears of every change, `onError(error)` where this
   *   browser could not keep something.
   */
  constructor(codec, document, user, host) {
    Object.assign(this, { codec, document, user, host });
    this.isDrafted = Boolean(document.record.draft);
    this.key = keyOf(document.record, user);
    this.base = baseOf(document.record);
  }

  /** Actions that are not saved; one under way counts as one, those taken up again as they did. */
  get actions() {
    const unsaved = this.document.history.listUnsaved();
    const resumed = unsaved.includes(this.#resumed.serial) ? this.#resumed.actions - 1 : 0;
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

  /** Keep work that was taken up again: many actions, which are one in this document. */
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
      this.#ask("rebase", { tiles: this.document.history.takeChanged() });
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

  /** A stroke that changed nothing in the end leaves nothing. */
  dropEmpty() {
    this.#isUnderWay = false;
    if (this.isKept && !this.document.dirty) this.settle();
  }

  /** A draft is on its way; kept first, since its answer may be lost. */
  noteSending(name) {
    this.isDrafted = true;
    this.sent = [...this.sent, name].slice(-MOST_SENT);
    return this.#ask("describe");
  }

  /** The server has what was kept until `at`. */
  noteDrafted(at) {
    this.draftedAt = at;
    if (this.isKept) this.#ask("describe");
  }

  #record() {
    this.at = Date.now();
    this.#from ??= this.at;
    const { history, savedRuns } = this.document;
    this.#ask("record", { tiles: history.takeChanged(), runs: savedRuns });
    this.host.onChange(this);
  }

  #ask(task, value = {}) {
    const transfer = value.tiles?.map(({ pixels }) => pixels.buffer);
    return this.codec.ask(task, { work: this.#describe(), ...value }, transfer).catch(this.host.onError);
  }

  #describe() {
    const { id, name } = this.document.record;
    const { width, height } = this.document;
    const { key, user, base, sent, draftedAt, actions, at } = this;
    return { key, image: id, name, user, width, height, base, sent, draftedAt, actions, from: this.#from, at };
  }
}
