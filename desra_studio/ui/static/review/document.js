// One image under review: its views, its mask with undo, and saving.

import { loadImage, loadMaskRuns } from "../shared/api.js";
import { judgeImage, saveMask } from "./api.js";
import { restoreRevision } from "./journal/revisions_api.js";
import { Detected } from "./detector/detected.js";
import { areEqual } from "../masks/difference.js";
import { DocumentViews } from "./document_views.js";
import { History } from "../masks/history.js";
import { MaskLayer } from "../viewer/mask_layer.js";
import { countMarked, decodeRuns, encodeRuns } from "../masks/runs.js";
import { boundSpans, brushSpans } from "../masks/spans.js";
import { loadRendition } from "../viewer/sources.js";

/** @import { Work } from "./journal/work.js" */
/** @import { Point, Rectangle, Span } from "#types/masks" */
/** @import { EarlierLabel, ImageRecord, Revision, SavedLabel, State } from "#types/review" */

const KEPT_DOCUMENTS = 4;
// No state of the mask is the saved one.
const NOWHERE = -1;
/**
 * Kept here, not in the page's elements: undo survives going to another image and back.
 * @type {Map<number, ReviewDocument>}
 */
const opened = new Map();

/**
 * Open an image, from memory where it was open before and nobody saved it since.
 * @param {number} id
 */
export async function openDocument(id) {
  const record = await loadImage(id);
  const known = opened.get(id);
  opened.delete(id);
  if (known && (known.dirty || isSame(known.record, record))) {
    known.record.draft = record.draft;
    opened.set(id, known);
    await known.views.open();
    return known;
  }
  const [{ runs, lost }] = await Promise.all([loadSavedMask(record), ...loadPair(record)]);
  const size = record.width * record.height;
  const mask = runs ? decodeRuns(runs, size) : new Uint8Array(size);
  const document = new ReviewDocument(record, mask);
  await document.views.open();
  document.stored = Detected.ofRecord(record, record.revision ? null : runs);
  document.savedRuns = runs;
  document.lost = lost;
  opened.set(id, document);
  for (const [key, old] of opened) {
    if (opened.size <= KEPT_DOCUMENTS) break;
    if (!old.dirty) opened.delete(key);
  }
  return document;
}

/**
 * Load what opening an image needs, so that it is quick then.
 * @param {number} id
 */
export async function prefetchDocument(id) {
  const record = await loadImage(id);
  await Promise.all([loadSavedMask(record), ...loadPair(record)]);
}

/**
 * Load { runs, lost }: where the saved mask is lost, the detector's, and `lost` says so.
 * @param {ImageRecord} record
 * @returns {Promise<{ runs: Uint8Array<ArrayBuffer> | null, lost: string | null }>}
 */
async function loadSavedMask(record) {
  try {
    return { runs: await loadMaskRuns(record), lost: null };
  } catch (error) {
    if (!record.revision || error.status !== 404) throw error;
    return { runs: await loadMaskRuns({ detection: record.detection }), lost: error.message };
  }
}

/** @param {ImageRecord} record */
const loadPair = (record) => [loadRendition(record.gan, record), loadRendition(record.mse, record)];

/**
 * @param {ImageRecord} before
 * @param {ImageRecord} now
 */
const isSame = (before, now) =>
  before.version === now.version && before.detection?.id === now.detection?.id;

/**
 * Let a document follow its label, which went from one version to another without it: a verdict was
 * taken back, or given again. `move` is "undo" or "redo" where the verdict had emptied the mask.
 * Tells whether it could; one that was changed meanwhile is read anew when it is opened next.
 * @param {ReviewDocument} document
 * @param {{ from: number, to: number }} versions
 * @param {Move | null} move
 * @returns {Promise<boolean>}
 */
export async function followLabel(document, { from, to }, move) {
  const { id, version } = document.record;
  const isKnown = opened.get(id) === document && !document.dirty && version === from;
  const record = isKnown ? await loadImage(id).catch(() => null) : null;
  if (record?.version === to) {
    document.goOn(record, move);
    return true;
  }
  if (!opened.get(id)?.dirty) forgetDocument(id);
  return false;
}

/**
 * Forget an image, so that opening it reads the server's state.
 * @param {number} id
 */
export const forgetDocument = (id) => opened.delete(id);

/** Whether any open image has unsaved changes. */
export const hasUnsaved = () => [...opened.values()].some((document) => document.dirty);

/** @typedef {"undo" | "redo"} Move */

export class ReviewDocument {
  /**
   * What the detector marked, as it is stored; null where it did not run.
   * @type {Detected | null}
   */
  stored = null;
  /**
   * Run lengths of the mask as it was saved last, null where it marks nothing yet.
   * @type {Uint8Array<ArrayBuffer> | null}
   */
  savedRuns = null;
  /**
   * Why the mask that was saved last cannot be shown, null where it is.
   * @type {string | null}
   */
  lost = null;
  /**
   * What the journal keeps of it, once the image was shown.
   * @type {Work | null}
   */
  work = null;
  #adopted = 0;
  /** Marked px, of the state of the mask that they were counted in. */
  #counted = { current: NOWHERE, area: 0 };

  /**
   * @param {ImageRecord} record
   * @param {Uint8Array} mask
   */
  constructor(record, mask) {
    this.record = record;
    this.mask = mask;
    this.width = record.width;
    this.height = record.height;
    this.layer = new MaskLayer(mask, this.width, this.height);
    /** @type {History<Detected>} */
    this.history = new History(mask, this.width, this.height);
    this.views = new DocumentViews(this);
  }

  get dirty() {
    return this.history.dirty;
  }

  /** Marked px; counted once for every state of the mask. */
  get area() {
    const { current } = this.history;
    if (this.#counted.current === current) return this.#counted.area;
    this.#counted = { current, area: countMarked(this.mask) };
    return this.#counted.area;
  }

  /** What the detector marks with the settings in force: stored, or those tried last. */
  get detected() {
    return this.history.source ?? this.stored;
  }

  /** Whether the mask is the detector's to the pixel; after `detected.load`. */
  get isDetected() {
    if (this.#adopted === this.history.current && this.history.source) return true;
    const { detected } = this;
    if (!detected) return false;
    const { mask } = detected;
    for (let i = 0; i < mask.length; i++) if (mask[i] !== this.mask[i]) return false;
    return true;
  }

  /**
   * Let the detector's mask take the place of this one, as one action or part of a group.
   * @param {Detected} detected
   * @param {number | null} group
   */
  adopt(detected, group) {
    this.#paint(this.history.replace(detected.mask, group));
    this.history.source = detected;
    this.#adopted = this.history.current;
  }

  /**
   * Mark (1) or unmark (0) rows of pixels as one action; tells whether that changed any.
   * @param {Span[]} spans
   * @param {0 | 1} value
   */
  fillSpans(spans, value) {
    const rectangles = this.history.fill(spans, value);
    this.#paint(rectangles);
    return rectangles.length > 0;
  }

  beginStroke() {
    this.history.begin();
  }

  /**
   * Paint (value 1) or erase (0) along a line of the current stroke.
   * @param {Point} start
   * @param {Point} end
   * @param {number} radius
   * @param {0 | 1} value
   */
  stroke(start, end, radius, value) {
    const spans = brushSpans(start, end, radius, this);
    const bounds = boundSpans(spans);
    if (!bounds) return;
    this.history.touch(bounds);
    this.#fill(spans, value);
    this.layer.paint(bounds);
  }

  /**
   * Write a value to px, given by index, in the current stroke; null gives them back.
   * @param {Iterable<number>} pixels
   * @param {0 | 1 | null} value
   */
  strokePixels(pixels, value) {
    this.#paint(this.history.writePixels(pixels, value));
  }

  endStroke() {
    return this.history.commit();
  }

  /** Take the stroke back that was begun. */
  cancelStroke() {
    this.#paint(this.history.abandon());
  }

  /** Unmark everything, as one action. */
  clear() {
    this.replace(new Uint8Array(this.mask.length));
  }

  /**
   * Let another mask take the place of this one, as one action.
   * @param {Uint8Array} mask
   */
  replace(mask) {
    this.#paint(this.history.replace(mask));
  }

  /**
   * Go on from what the server has now: its record and run lengths, with `mask` in place of this
   * one. Undo goes on, too, and what differs from the server's mask is not saved.
   * @param {SavedLabel} record
   * @param {Uint8Array<ArrayBuffer> | null} runs
   * @param {Uint8Array} mask
   */
  rebase(record, runs, mask) {
    this.replace(mask);
    Object.assign(this.record, record);
    this.savedRuns = runs;
    const size = this.mask.length;
    const isSaved = areEqual(mask, runs ? decodeRuns(runs, size) : new Uint8Array(size));
    this.history.savedSerial = isSaved ? this.history.current : NOWHERE;
    this.work?.settle();
  }

  /**
   * Take a record over whose mask is this one, or what it is after one `move`.
   * @param {ImageRecord} record
   * @param {Move | null} move
   */
  goOn(record, move) {
    Object.assign(this.record, record);
    if (move) {
      this[move]();
      this.savedRuns = encodeRuns(this.mask);
      this.history.savedSerial = this.history.current;
    }
    this.work?.settle();
  }

  /**
   * Let an earlier revision count again, as one action that is saved; `runs` are its mask's. What
   * was painted is saved first.
   * @param {Revision} revision
   * @param {Uint8Array<ArrayBuffer>} runs
   */
  async restore(revision, runs) {
    if (this.dirty) await this.save();
    const answer = await restoreRevision(this.record.id, this.record.version, revision.id);
    this.rebase(answer, runs, decodeRuns(runs, this.mask.length));
  }

  undo() {
    return this.#paint(this.history.undo());
  }

  redo() {
    return this.#paint(this.history.redo());
  }

  /** Save the mask as a new revision. Edits made while the answer is on its way stay unsaved. */
  async save() {
    const serial = this.history.current;
    const runs = encodeRuns(this.mask);
    const answer = await saveMask(this.record.id, this.record.version, runs);
    this.history.savedSerial = serial;
    this.savedRuns = runs;
    Object.assign(this.record, answer);
    this.work?.settle();
    await this.#unveil();
  }

  /** Take over what the detector found, once the server tells it; else when this is opened next. */
  async #unveil() {
    if (!this.record.veiled) return;
    const record = await loadImage(this.record.id).catch(() => null);
    if (!record || record.veiled || record.version !== this.record.version) return;
    this.record.veiled = false;
    this.record.detection = record.detection;
    this.stored = Detected.ofRecord(this.record, null);
  }

  /**
   * Set the verdict. What was painted is saved before, as a revision of its own: clean empties the
   * mask. Answers { label, cleared }: what brings the label back, as a DeedLog has it, and whether
   * the mask was emptied.
   * @param {State} state
   * @returns {Promise<{ label: EarlierLabel, cleared: boolean }>}
   */
  async judge(state) {
    if (this.dirty) await this.save();
    const { id, version: before, state: was, revision, opinions } = this.record;
    const cleared = state === "clean" && this.area > 0;
    if (cleared) this.clear();
    try {
      if (cleared || (state !== "skipped" && !revision)) await this.save();
    } catch (error) {
      if (cleared) this.undo();
      throw error;
    }
    const { version } = await judgeImage(id, this.record.version, state);
    Object.assign(this.record, { version, state });
    this.work?.settle();
    const own = (opinions?.wanted ?? 1) > 1;
    const label = { image: id, version, before, state: was, revision: revision?.id ?? null, own };
    return { label, cleared };
  }

  /**
   * @param {Span[]} spans
   * @param {0 | 1} value
   */
  #fill(spans, value) {
    for (const { y, from, to } of spans) {
      this.mask.fill(value, y * this.width + from, y * this.width + to);
    }
  }

  /**
   * Show what changed; tells whether there was an action.
   * @param {Rectangle[] | null} rectangles
   */
  #paint(rectangles) {
    for (const rectangle of rectangles ?? []) this.layer.paint(rectangle);
    return rectangles !== null;
  }
}
