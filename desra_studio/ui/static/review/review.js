// The Review page: which image is open, what is done to it, and what is said about it.

import { loadLoop } from "../shared/api.js";
import { listPageActions } from "./actions.js";
import { Attempts } from "./journal/attempts.js";
import { Claims } from "./queue/claims.js";
import { Comparison } from "./journal/comparison.js";
import { Deeds } from "./deeds.js";
import { Detector } from "./detector/detector.js";
import { forgetDocument, openDocument } from "./document.js";
import { addressed, find } from "../shared/dom.js";
import { HistoryPanel } from "./journal/history_panel.js";
import { Journal } from "./journal/journal.js";
import { KeyMap } from "../shared/key_map.js";
import { bindKeys } from "./keys/keys.js";
import { Kinds } from "./regions/kinds.js";
import { buildEmpty, buildLayout, buildWaiting } from "./layout.js";
import { Looks } from "./canvas/looks.js";
import { Minimap } from "./canvas/minimap.js";
import { Panes } from "./canvas/panes.js";
import { PaneControls } from "./canvas/pane_controls.js";
import { Prefetch } from "./canvas/prefetch.js";
import { Probe } from "./canvas/probe.js";
import { Queue } from "./queue/queue.js";
import { Regions } from "./regions/regions.js";
import { Settings } from "./keys/settings_dialog.js";
import { Shaping } from "./tools/shaping.js";
import { SAY_CLEAN, describeSaved, summarize } from "./texts.js";
import { Toolbox } from "./tools/toolbox.js";

/** @import { ReviewDocument } from "./document.js" */
/**
 * @import {
 *   Action,
 *   CanvasHost,
 *   PageElements,
 *   Part,
 *   ReviewPage as KnownPage,
 *   State,
 *   Told,
 * } from "#types/review"
 */

/** @param {HTMLElement} element */
export function mount(element) {
  const root = find(element, ".studio-review", HTMLElement);
  if (root.childElementCount) return;
  new ReviewPage(root).start();
}

/**
 * The page itself opens, saves and judges; the rest is done by its parts. A part may have `actions`
 * (actions.js), `slots` (layout.js) and these methods: start() once the page is there,
 * show(document) when an image was opened, leave(document) before it goes, edited(document) after
 * every action on the mask, refresh() when anything about the image may have changed, cancel() to
 * forget what is on its way, settle() for when what was said of the image is sent,
 * decorate(context, kind, view, pane) to draw over a pane. While its `freezes` has a sentence, the
 * mask stays as it is, and that sentence says why.
 */
class ReviewPage {
  /** The id of the dataset; 0 before it is known. */
  dataset = 0;
  loading = false;
  /** @type {ReviewDocument | null} */
  document = null;
  /** @type {number | null} An image that is to be opened next. */
  wanted = null;
  attempts = new Attempts(/** @type {this & PageElements} */ (this));
  probe = new Probe();
  #turn = Promise.resolve();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    root.tabIndex = 0;
    root.setAttribute("aria-label", "Review; press ? for the keys");
    // The elements come with the layout, once all parts are there.
    const page = /** @type {this & PageElements} */ (this);
    this.paneControls = new PaneControls(page);
    /** @type {CanvasHost} */
    const host = {
      tool: () => this.toolbox.current,
      opacity: () => Number(page.opacity.value),
      maskShown: () => !page.maskHidden.checked && !this.comparison.isOpen,
      look: () => ({ gain: this.looks.gain, curve: this.looks.curve }),
      locked: () => this.locked,
      onPress: () => this.focus(),
      onGesture: () => this.tell("cancel"),
      onEdit: () => this.afterEdit(),
      onPick: (point) => this.detector.selection.pick(point),
      onPoint: (point) => this.probe.show(this.document, point),
      onLayout: (layout) => this.paneControls.keepLayout(layout),
      decorate: (...place) => page.maskHidden.checked || this.tell("decorate", ...place),
    };
    this.panes = /** @type {KnownPage["panes"]} */ (
      new Panes(host, this.paneControls.readLayout())
    );
    this.looks = new Looks(page);
    this.toolbox = new Toolbox(page);
    this.kinds = new Kinds(page);
    this.regions = new Regions(page);
    this.settings = new Settings(page);
    this.detector = new Detector(page);
    this.shaping = new Shaping(page);
    this.comparison = new Comparison(page);
    this.journal = new Journal(page);
    this.deeds = new Deeds(page);
    this.queue = new Queue(page);
    this.claims = new Claims(page);
    /** @type {Part[]} */
    this.parts = [
      this.toolbox,
      this.shaping,
      this.deeds,
      this.queue,
      new HistoryPanel(page),
      this.detector,
      this.regions,
      this.kinds,
      this.comparison,
      this.journal,
      this.claims,
      this.settings,
      this.paneControls,
      this.looks,
      new Minimap(page),
      new Prefetch(page),
    ];
    /** @type {Action[]} */
    this.actions = [...listPageActions(page), ...this.parts.flatMap(({ actions }) => actions ?? [])];
    /** @type {KeyMap<Action>} */
    this.keyMap = new KeyMap(this.actions);
    buildLayout(page);
    bindKeys(root, page);
    this.tell("start");
  }

  async start() {
    await this.#try(async () => {
      const loop = await loadLoop(addressed("dataset"));
      if (!loop.dataset) return this.root.replaceChildren(buildEmpty());
      if (!loop.images) {
        const shown = loop.datasets.find(({ id }) => id === loop.dataset);
        return this.root.replaceChildren(buildWaiting(shown?.name ?? "This dataset"));
      }
      this.dataset = loop.dataset;
      const first = await this.queue.load(loop.dataset);
      if (first) await this.open(first);
      this.focus();
    });
    this.root.dataset.ready = "true";
  }

  /**
   * Open an image of the queue; unsaved changes of the one before are saved first.
   * @param {number} id
   */
  async open(id) {
    this.wanted = this.busy ? id : null;
    if (this.busy || this.document?.record.id === id) return;
    this.tell("cancel");
    // From here on a stroke would be painted on an image that is about to go.
    this.loading = true;
    let document;
    try {
      // What cannot be saved now stays with the document, unsaved.
      const unsaved = this.document?.dirty && !this.#freezing;
      if (unsaved && !(await this.attempts.run(async () => this.document?.save()))) return;
      if (this.document) this.tell("leave", this.document);
      this.attempts.setBusy(true);
      document = await openDocument(id);
      this.document = document;
      await this.journal.resume(document);
    } catch (error) {
      return this.say(error.message, true);
    } finally {
      this.loading = false;
      this.attempts.setBusy(false);
    }
    this.panes.show(document);
    this.say("");
    this.tell("show", document);
    history.replaceState(null, "", this.queue.address(id));
    this.describe();
    // Somebody chose another image while this one was loading.
    if (this.wanted) await this.open(this.wanted);
  }

  /** Read the open image again; unsaved changes stay, unless they are given up. */
  async reload(givingUp = false) {
    if (!this.document) return;
    const { record, dirty, work } = this.document;
    if (dirty && !givingUp) return;
    if (givingUp) work?.discard();
    forgetDocument(record.id);
    this.document = null;
    await this.open(record.id);
  }

  /** Save the mask; tells whether that was done. */
  async save() {
    const { document } = this;
    const wasVeiled = document?.record.veiled;
    const saved = await this.attempts.run(async () => document?.save());
    if (!saved) this.wanted = null;
    if (document && wasVeiled && this.document === document) this.#showDetector(document);
    if (this.wanted) await this.open(this.wanted);
    return saved;
  }

  /**
   * Show what the detector found in an image that was labelled blind, and saved just now.
   * @param {ReviewDocument} document
   */
  #showDetector(document) {
    this.detector.show(document);
    this.panes.show(document);
    this.describe();
  }

  /**
   * Accept the mask; one that marks nothing says that the image is clean, which has to be said where
   * it is labelled blind.
   */
  async accept() {
    if (this.document?.record.veiled && !this.document.area) return this.say(SAY_CLEAN, true);
    await this.judge(this.document?.area ? "accepted" : "clean");
  }

  /**
   * Say what an image is, and go on to the next one that waits for a verdict.
   * @param {State} state
   */
  async judge(state) {
    if (this.loading || this.sayFrozen()) return;
    // As in `open`: the image is about to go.
    this.loading = true;
    await this.inTurn(() => this.#judge(state)).finally(() => (this.loading = false));
  }

  /**
   * Do one after the other what judges images and what takes that back.
   * @param {() => unknown} action
   */
  inTurn(action) {
    this.#turn = this.#turn.then(() => this.#try(action));
    return this.#turn;
  }

  /** @param {State} state */
  async #judge(state) {
    const { document } = this;
    if (!document) return;
    // Asked before the verdict: it may move the image elsewhere in the queue.
    const coming = this.queue.claimNext(document.record.id).catch(() => this.queue.upcoming());
    await Promise.all(this.parts.map((part) => part.settle?.()));
    if (this.document !== document) return this.queue.giveBack(coming);
    let verdict = /** @type {Awaited<ReturnType<ReviewDocument["judge"]>> | null} */ (null);
    const done = await this.attempts.run(async () => (verdict = await document.judge(state)));
    this.panes.invalidate();
    if (!done) {
      this.wanted = null;
      return this.queue.giveBack(coming);
    }
    if (verdict) this.deeds.addVerdict(document, verdict);
    const claimed = await coming;
    const next = this.wanted ?? claimed;
    if (next) await this.open(next);
    else await this.queue.sayFinished();
  }

  /** @param {number} offset */
  async step(offset) {
    await this.#try(async () => {
      if (!this.document) return;
      const next = await this.queue.neighbour(this.document.record.id, offset);
      if (next) await this.open(next);
      else this.say(offset > 0 ? "This is the last image." : "This is the first image.");
    });
  }

  /** Take back, or do again, what was done last: to this mask, or a verdict on the image before. */
  undo(again = false, isHeld = false) {
    return this.inTurn(() => {
      const deed = this.deeds.next(again);
      // A key held down must not change images that nobody has seen.
      if (deed) return isHeld ? null : this.deeds.takeBack(deed, again);
      if (this.sayFrozen()) return null;
      this.tell("cancel");
      const changed = again ? this.document?.redo() : this.document?.undo();
      this.panes.invalidate();
      this.afterEdit();
      if (!changed) this.say(`Nothing to ${again ? "redo" : "undo"}.`);
      return null;
    });
  }

  /** After every action on the mask, and after undo and redo. */
  afterEdit() {
    if (this.document) this.tell("edited", this.document);
    this.say("");
    this.describe();
  }

  /** The part because of which the mask has to stay as it is, if there is one. */
  get #freezing() {
    return this.parts.find(({ freezes }) => freezes);
  }

  /** Whether the mask cannot be changed now. */
  get locked() {
    return this.loading || this.#freezing !== undefined;
  }

  /** Say why the mask has to stay as it is; tells whether it has to. */
  sayFrozen() {
    const part = this.#freezing;
    if (part?.sayFrozen) part.sayFrozen();
    else if (part) this.say(part.freezes ?? "", true);
    return part !== undefined;
  }

  /** Whether an image loads or a save waits for its answer. */
  get busy() {
    return this.attempts.busy;
  }

  focus() {
    this.root.focus({ preventScroll: true });
  }

  toggleMask() {
    const { maskHidden } = /** @type {this & PageElements} */ (this);
    maskHidden.checked = !maskHidden.checked;
    this.panes.invalidate();
  }

  toggleZoom() {
    this.panes.toggleActualSize();
    this.describe();
  }

  /**
   * Say something; with nothing to say, what the image is about.
   * @param {string} text
   * @param {boolean} wrong
   * @param {...(Node | string)} links
   */
  say(text, wrong = false, ...links) {
    const { message } = /** @type {this & PageElements} */ (this);
    message.replaceChildren(text || summarize(this.document), ...links);
    message.classList.toggle("wrong", wrong);
    message.setAttribute("role", wrong ? "alert" : "status");
  }

  describe() {
    if (!this.document) return;
    const page = /** @type {this & PageElements} */ (this);
    const { record, dirty } = this.document;
    this.queue.pointTo(record);
    page.position.textContent = this.queue.describePosition(record.id);
    page.name.textContent = record.name;
    page.state.textContent = record.state;
    page.saved.textContent = this.journal.describeOffline(this.document) ?? describeSaved(record, dirty);
    page.saved.classList.toggle("unsaved", dirty);
    page.saveButton.disabled = this.busy || (!dirty && record.revision !== null);
    const { done, undone } = this.document.history;
    page.undoButton.disabled = !done.length && !this.deeds.next(false);
    page.redoButton.disabled = !undone.length && !this.deeds.next(true);
    for (const element of page.editors) element.inert = this.#freezing !== undefined;
    this.root.dataset.image = String(record.id);
    this.root.dataset.saved = dirty ? "" : String(record.revision?.number ?? "");
    this.tell("refresh");
  }

  /**
   * Call a method of all parts that have it.
   * @template {Told} Method
   * @param {Method} method
   * @param {Parameters<NonNullable<Part[Method]>>} values
   */
  tell(method, ...values) {
    for (const part of this.parts) {
      const act = /** @type {((...given: unknown[]) => unknown) | undefined} */ (part[method]);
      act?.apply(part, values);
    }
  }

  /** @param {() => unknown} action */
  async #try(action) {
    try {
      await action();
    } catch (error) {
      this.say(error.message, true);
    }
  }

  /**
   * After a click with the mouse the keys go on working; with the keyboard focus stays.
   * @param {HTMLElement} button
   * @param {() => unknown} action
   */
  onClick(button, action) {
    button.addEventListener("click", (event) => {
      if (event.detail) this.focus();
      if (this.document) action();
    });
  }
}
