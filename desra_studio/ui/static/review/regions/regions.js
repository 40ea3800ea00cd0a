// What reviewers say about the components of a mask: kind, severity and note, a key each.

import { loadRegionLabels, saveRegionLabel } from "../api.js";
import { findMarked, findRegion, hasPoint } from "../../masks/components.js";
import { FIELDS, pickLabel, UNLABELLED } from "./label_fields.js";
import { drawTag } from "./region_tags.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Detected } from "../detector/detected.js" */
/** @import { DetectedRegion, Size } from "#types/masks" */
/** @import { Chosen, Label, RegionLabel, ReviewPage, View } from "#types/review" */

/**
 * @typedef {{
 *   id: number,
 *   version: number,
 *   list: PlacedLabel[] | null,
 *   failed: boolean,
 *   loading: Promise<RegionLabel[]>,
 * }} Known the labels of a version of an image; `list` once they are there.
 */

/**
 * A label with the box that is drawn around its component, once that was looked for.
 * @typedef {RegionLabel & { region?: DetectedRegion | null, detected?: Detected }} PlacedLabel
 */

/**
 * Part of the page. A label is of the component over a px, with the fields of label_fields.js; what
 * `selection.chosen` has of it is `label`, what of that was set here, `change`, and whether the
 * saved one is known, `ready`.
 */
export class Regions {
  /** @type {Known | null} of the saved mask. */
  #known = null;
  /** @type {Promise<void>} */
  #sending = Promise.resolve();

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.actions = FIELDS.flatMap((field) => field.listActions(page));
  }

  /**
   * Label the chosen component; null, or an empty note, takes it back.
   * @param {Partial<Label>} change
   */
  label(change) {
    const { selection } = this.page.detector;
    const { chosen } = selection;
    if (!chosen) return this.sayNone();
    chosen.change = { ...chosen.change, ...change };
    chosen.label = { ...chosen.label, ...change };
    selection.row.showLabel(chosen.label);
    // One after the other: each is sent as it then is, so the last one stands.
    this.#sending = this.#sending.then(() => this.#send(chosen));
  }

  /**
   * Show what was said about a component that was chosen; tells whether that is known.
   * @param {Chosen} chosen
   */
  async load(chosen) {
    const { page } = this;
    try {
      const labels = await this.#read(chosen.document);
      const saved = labels.find(({ x, y }) => hasPoint(chosen.spans, x, y)) ?? UNLABELLED;
      // What was set meanwhile is newer than this answer.
      chosen.label = { ...pickLabel(saved), ...chosen.change };
    } catch (error) {
      page.say(error.message, true);
      return false;
    }
    const { selection } = page.detector;
    if (selection.chosen === chosen) selection.row.showLabel(chosen.label);
    return true;
  }

  /** Say that a component has to be chosen, and how. */
  sayNone() {
    const { page } = this;
    const ways = [page.keyMap.describe("next-component"), "Ctrl+click"].filter(Boolean);
    page.say(`Choose a component first, with ${ways.join(" or ")}.`);
  }

  /**
   * The labels of an image's saved mask; null until they are there.
   * @param {ReviewDocument} document
   * @returns {RegionLabel[] | null}
   */
  listKnown(document) {
    return this.#findKnown(document)?.list ?? null;
  }

  /** Resolves once every label is sent. */
  settle() {
    return this.#sending;
  }

  /** Know the labels of what is shown, as long as they are shown. */
  refresh() {
    const { document, detector, looks } = this.page;
    const isShown = detector.isOpen || looks.needsKinds;
    if (!document || !isShown || this.#findKnown(document)) return;
    this.#read(document).catch(() => {}); // they are asked for again when a component is chosen
  }

  /**
   * Write what was said beside the boxes, as long as those are shown.
   * @param {CanvasRenderingContext2D} context
   * @param {string} kind
   * @param {View} view
   * @param {Size} pane
   */
  decorate(context, kind, view, pane) {
    const { document, detector } = this.page;
    if (kind !== "mask" || !detector.isOpen || !document) return;
    for (const label of this.#findKnown(document)?.list ?? []) {
      if (document.mask[label.y * document.width + label.x]) {
        drawTag(context, label, this.#findBox(document, label), view, pane);
      }
    }
  }

  /**
   * Let a field of the chosen component be typed into.
   * @param {keyof Label} name
   */
  write(name) {
    const { selection } = this.page.detector;
    if (selection.chosen) selection.row.write(name);
    else this.sayNone();
  }

  /** @param {Chosen} chosen */
  async #send(chosen) {
    const { page } = this;
    const { document, spans } = chosen;
    const takeBack = (/** @type {string} */ text) => {
      chosen.change = {};
      chosen.ready = this.load(chosen);
      if (text) page.say(text, true);
    };
    // All of a label is sent together: what was not set must not be lost.
    if (!(await chosen.ready)) return;
    await page.attempts.idle;
    const point = findMarked(spans, document.mask, document.width);
    if (!point) return takeBack("Only what is in the mask can be labelled: keep this component first.");
    try {
      if (document.dirty || !document.record.revision) {
        // The page says itself why it could not save.
        if (document === page.document && !(await page.save())) return takeBack("");
        else if (document !== page.document) await document.save();
      }
      await saveRegionLabel(document.record.id, { ...point, ...chosen.label });
    } catch (error) {
      return takeBack(`Not labelled. ${error.message}`);
    }
    this.#known = null; // they are others now
    if (page.detector.selection.chosen === chosen) page.say("");
    this.refresh();
  }

  /** @param {ReviewDocument} document */
  #findKnown({ record }) {
    const known = this.#known;
    return known?.id === record.id && known.version === record.version ? known : null;
  }

  /**
   * Labels of the saved mask, asked for once while it stays the same.
   * @param {ReviewDocument} document
   */
  #read(document) {
    const { id, version, revision } = document.record;
    const before = this.#findKnown(document);
    if (before && !before.failed) return before.loading;
    const loading = revision ? loadRegionLabels(id) : Promise.resolve([]);
    /** @type {Known} */
    const known = { id, version, list: null, failed: false, loading };
    this.#known = known;
    known.loading.then(
      async (list) => {
        // Their places in the detected mask tell which boxes they belong to.
        if (list.length) await document.detected?.load().catch(() => {});
        known.list = list;
        this.page.looks.refresh();
        this.page.panes.invalidate();
      },
      () => (known.failed = true),
    );
    return known.loading;
  }

  /**
   * The box that is drawn around a label's component, or null; looked for once.
   * @param {ReviewDocument} document
   * @param {PlacedLabel} label
   */
  #findBox({ detected, width }, label) {
    if (!detected?.runs) return null;
    if (label.detected !== detected) {
      label.region = findRegion(detected.ranked, detected.mask, width, label.x, label.y);
      label.detected = detected;
    }
    return label.region ?? null;
  }
}
