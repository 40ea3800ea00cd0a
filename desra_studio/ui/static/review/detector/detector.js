// The detector in Review: a panel whose sliders redraw the mask, and the components it found.

import { detectDataset } from "../../shared/api.js";
import { loadLive, loadWeightSets } from "../api.js";
import { makeButton } from "../../shared/controls.js";
import { Detected } from "./detected.js";
import { DetectorPanel } from "./detector_panel.js";
import { announceChange, make } from "../../shared/dom.js";
import { describeMarked } from "../../shared/words.js";
import { Newest } from "../../shared/newest.js";
import { drawOutlines } from "../../viewer/outlines.js";
import { Selection } from "../regions/selection.js";
import { VEILED, countArtifacts } from "../texts.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Size } from "#types/masks" */
/** @import { Action, DetectorSettings, ReviewPage, View } from "#types/review" */

const REMEMBERED = "studio.detector";
const DISPLACED = "The detector's mask has taken the place of yours; Ctrl+Z brings it back.";

/** @typedef {{ document: ReviewDocument, settings: DetectorSettings, group: number }} Wish */

export class Detector {
  #live = new Newest(
    (/** @type {Wish} */ wish, signal) => this.#try(wish, signal),
    () => this.refresh(),
  );
  #weightsListed = false;
  /** @type {number | null} The group of actions that put the detector's mask in place of another. */
  #displacedBy = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.panel = new DetectorPanel(page, (settings, group) => this.#move(settings, group));
    this.selection = new Selection(page);
    this.found = make("span");
    this.marked = make("span");
    /**
     * @param {string} label
     * @param {string} title
     * @param {() => unknown} action
     */
    const button = (label, title, action) =>
      make("button", { title, onclick: () => page.document && action() }, label);
    this.back = button("Back to stored", "The settings and the mask that are stored", () => this.reset());
    this.again = button(
      "Detect whole dataset like this",
      "Detect in all images again with these settings; masks that were saved stay as they are",
      () => this.#detectDataset(),
    );
    this.settings = make(
      "fieldset",
      { ariaLabel: "Settings" },
      ...this.panel.elements,
      make("span", { className: "gap" }),
      this.back,
      this.again,
    );
    this.components = make("div", { className: "row" }, ...this.selection.row.elements);
    this.element = make(
      "section",
      { className: "detector", ariaLabel: "Detector", id: "studio-detector", hidden: true },
      make(
        "div",
        { className: "row" },
        make("div", { className: "counts" }, this.found, this.marked),
        this.settings,
      ),
      this.components,
    );
    this.toggleButton = makeButton(page, "Detector", "T", () => this.toggle());
    this.toggleButton.setAttribute("aria-controls", this.element.id);
    const { selection } = this;
    /**
     * @param {string} id
     * @param {string} title
     * @param {string[]} keys
     * @param {() => unknown} run
     */
    const act = (id, title, keys, run) => ({ id, title, group: "Components", keys, run });
    this.slots = { rows: [this.element], bottom: [this.toggleButton] };
    /** @type {[gesture: string, does: string][]} */
    this.pointer = [["Ctrl+click", "Choose the component there"]];
    /** @type {Action[]} */
    this.actions = [
      {
        id: "detector",
        title: "Open or close the detector's settings",
        group: "Panels",
        keys: ["t"],
        run: () => this.toggle(),
      },
      act("next-component", "Next component", ["n"], () => selection.step(1)),
      act("previous-component", "Previous component", ["shift+n"], () => selection.step(-1)),
      act("drop-component", "Leave the component", ["escape"], () => selection.drop()),
      act("reject", "Reject the component", ["delete", "backspace"], () => selection.fill(0)),
      act("keep", "Keep the component", ["k"], () => selection.fill(1)),
    ];
  }

  /** Once the page is there. */
  start() {
    if (readRemembered() === "open") this.open();
    else this.#setOpen(false);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open() {
    if (!this.isOpen) this.#setOpen(true);
  }

  toggle() {
    this.#setOpen(!this.isOpen);
  }

  /**
   * Show an image that was opened.
   * @param {ReviewDocument} document
   */
  show(document) {
    this.panel.fitTo(document);
    this.settings.disabled = !document.detected;
    this.selection.drop();
    this.refresh();
  }

  /** Bring the panel up to date with the document, whatever changed it. */
  refresh() {
    const { document } = this.page;
    if (!document || !this.isOpen) return;
    const { detected, area, width, height } = document;
    for (const part of [this.settings, this.marked, this.components]) {
      part.hidden = document.record.veiled;
    }
    if (document.record.veiled) this.found.textContent = VEILED;
    else this.found.textContent = detected ? countArtifacts(detected) : "Not detected";
    this.marked.textContent = describeMarked(area / (width * height), width * height);
    this.element.setAttribute("aria-busy", String(this.#live.pending));
    // While an answer is awaited the sliders are ahead of the mask.
    if (detected && !this.#live.pending) this.panel.show(detected.settings);
    this.selection.refresh();
  }

  /** Forget what was asked for; the sliders go back to what the mask shows. */
  cancel() {
    if (!this.#live.pending) return;
    this.#live.cancel();
    this.refresh();
  }

  /** Back to the settings and the mask that are stored. */
  async reset() {
    const { document } = this.page;
    this.cancel();
    if (!document?.stored || !document.detected) return;
    try {
      await document.stored.load();
      await document.detected.load();
    } catch (error) {
      return this.page.say(error.message, true);
    }
    if (this.#mayChange(document)) this.#adopt(document.stored, this.panel.startGroup());
  }

  /**
   * Draw boxes around components: all in the mask's pane, the chosen one in all.
   * @param {CanvasRenderingContext2D} context
   * @param {string} kind
   * @param {View} view
   * @param {Size} pane
   */
  decorate(context, kind, view, pane) {
    const { document } = this.page;
    if (!this.isOpen || !document) return;
    const chosen = this.selection.chosen?.region;
    const boxes = kind === "mask" ? (document.detected?.ranked ?? []) : [];
    drawOutlines(context, boxes, chosen, view, pane);
  }

  /**
   * Pictures of images that went, and strokes on the way, are left alone.
   * @param {ReviewDocument} document
   */
  #mayChange(document) {
    const { page } = this;
    return page.document === document && !page.locked && !page.panes.gesture;
  }

  /**
   * @param {DetectorSettings} settings
   * @param {number} group
   */
  #move(settings, group) {
    const { document } = this.page;
    if (!document || !this.#mayChange(document)) return this.refresh();
    this.#live.ask({ document, settings, group });
    this.element.setAttribute("aria-busy", "true");
  }

  /**
   * @param {Wish} wish
   * @param {AbortSignal} signal
   */
  async #try({ document, settings, group }, signal) {
    const { record, width, height } = document;
    if (!record.detection) return;
    try {
      await document.detected?.load(); // tells whether the mask is the detector's
      const { regions, runs } = await loadLive(record.detection.id, settings, signal);
      if (signal.aborted || !this.#mayChange(document)) return;
      this.#adopt(new Detected(settings, regions, width * height, runs), group);
    } catch (error) {
      if (!signal.aborted) this.page.say(error.message, true);
    }
  }

  /**
   * @param {Detected} detected
   * @param {number} group
   */
  #adopt(detected, group) {
    const { page } = this;
    const { document } = page;
    if (!document) return;
    if (!document.isDetected) this.#displacedBy = group;
    document.adopt(detected, group);
    page.panes.invalidate();
    page.afterEdit();
    if (this.#displacedBy === group) page.say(DISPLACED);
  }

  async #detectDataset() {
    const { page } = this;
    const { settings } = this.panel;
    if (!settings) return;
    try {
      await detectDataset(page.dataset, settings);
      page.say("Detecting again in all images; go on here meanwhile.");
      announceChange();
    } catch (error) {
      page.say(error.message, true);
    }
  }

  /** @param {boolean} open */
  #setOpen(open) {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = !open;
    this.toggleButton.setAttribute("aria-expanded", String(open));
    remember(open ? "open" : "closed");
    if (!open && hadFocus) this.page.focus();
    if (!open && this.selection.chosen) this.selection.drop();
    if (open) this.#listWeights();
    this.refresh();
    this.page.panes?.invalidate();
  }

  async #listWeights() {
    if (this.#weightsListed) return;
    this.#weightsListed = true;
    try {
      this.panel.listWeights(await loadWeightSets());
    } catch (error) {
      this.#weightsListed = false;
      this.page.say(error.message, true);
    }
  }
}

// Where a browser forbids to remember, the panel is closed at first.
function readRemembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

/** @param {string} value */
function remember(value) {
  try {
    localStorage.setItem(REMEMBERED, value);
  } catch {
    // It is closed again next time.
  }
}
