// The views of one image: GAN-SR and MSE-SR at once, the others when a pane first shows them.
//
// A view has draw(context, view, pane, options), which answers what is to be said beside its name, if
// anything; options are those of DrawOptions. The mask is drawn over it by the panes.

import { lrUrl, mapUrl } from "../shared/api.js";
import { BicubicView } from "../viewer/bicubic_view.js";
import { DifferenceView } from "../viewer/difference_view.js";
import { PseudoGt } from "../viewer/pseudo_gt.js";
import { Pyramid } from "../viewer/pyramid.js";
import { loadPyramid, loadRendition } from "../viewer/sources.js";
import { findTuned, isDifference, tellMissing } from "./views.js";

/** @import { ReviewDocument } from "./document.js" */
/** @import { Size } from "#types/masks" */
/** @import { Stored } from "#types/shared" */
/** @import { DrawOptions, Drawn, ImageRecord } from "#types/review" */
/** @import { Drawing, Rendition, View } from "#types/viewer" */

// `get` looks first whether there is one.
/** @typedef {{ id: number, map_sha: string }} Mapped a detection with a map. */
/** @typedef {ImageRecord & { lr: { sha: string } }} WithLr an image with an LR image. */

export const LOADING = "Loading …";

/**
 * @typedef {{ drawn: Drawn, text?: null } | { drawn?: undefined, text: string }} Entry a view, or why
 *   there is none.
 */

export class DocumentViews {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Rendition | null} */
  gan = null;
  /** @type {Rendition | null} */
  mse = null;

  /** @param {ReviewDocument} document */
  constructor(document) {
    this.document = document;
  }

  /** Make GAN-SR and MSE-SR ready. */
  async open() {
    const { record } = this.document;
    if (this.gan) return;
    [this.gan, this.mse] = await Promise.all([
      loadRendition(record.gan, record),
      loadRendition(record.mse, record),
    ]);
  }

  /** Let go of all pixels; what was used last stays with the sources. */
  close() {
    this.#entries.clear();
    this.document.layer.followers.clear();
    this.gan = null;
    this.mse = null;
  }

  /**
   * What is there of a view: { drawn } or { text }, which says why not. One that is missing is
   * loaded, and `onReady` hears when that ended; before `open` ended, and after `close`, none is.
   * @param {string} id
   * @param {() => void} onReady
   * @returns {Entry}
   */
  get(id, onReady) {
    const { record } = this.document;
    const missing = tellMissing(id, record);
    if (missing) return { text: missing };
    if (!this.gan || !this.mse) return { text: LOADING };
    if (!this.#entries.has(id)) this.#entries.set(id, this.#begin(id, onReady));
    return /** @type {Entry} */ (this.#entries.get(id));
  }

  /** Try again what could not be loaded. */
  forgetFailed() {
    for (const [id, { text }] of this.#entries) {
      if (text && text !== LOADING) this.#entries.delete(id);
    }
  }

  /**
   * @param {string} id
   * @param {() => void} onReady
   * @returns {Entry}
   */
  #begin(id, onReady) {
    const made = this.#make(id);
    if (!(made instanceof Promise)) return { drawn: made };
    /** @type {Entry} */
    const entry = { text: LOADING };
    made
      .then(
        (drawn) => Object.assign(entry, { drawn, text: null }),
        (error) => (entry.text = error.message),
      )
      .then(onReady);
    return entry;
  }

  /**
   * A view by id; a promise of one that has to be loaded.
   * @param {string} id
   * @returns {Drawn | Promise<Drawn>}
   */
  #make(id) {
    const { document } = this;
    const { gan, mse } = /** @type {{ gan: Rendition, mse: Rendition }} */ (this); // open by then
    const { record } = document;
    if (id === "gan" || id === "mask") return gan;
    if (id === "mse") return mse;
    if (id === "slider") return { draw: (...place) => drawDivided(gan, mse, ...place) };
    if (isDifference(id)) return new DifferenceView(gan, mse, id === "signed");
    if (id === "pseudo-gt") return new PseudoGt(document, gan, mse);
    if (id === "map") return showMap(loadPyramid(mapUrl(/** @type {Mapped} */ (record.detection))), record);
    if (id === "lr-nearest") return enlarge(loadPyramid(lrUrl(/** @type {WithLr} */ (record))), record);
    if (id === "lr-bicubic") {
      return loadPyramid(lrUrl(/** @type {WithLr} */ (record))).then(
        (/** @type {Pyramid} */ lr) => new BicubicView(lr, record),
      );
    }
    return loadRendition(/** @type {Stored} */ (findTuned(id, record)), record);
  }
}

/**
 * An image of another size, shown at that of the record.
 * @param {Promise<{ levels: ImageBitmap[] }>} loaded
 * @param {ImageRecord} record
 */
const enlarge = (loaded, record) => loaded.then(({ levels }) => new Pyramid(levels, record));

/**
 * A map as large as the record, or reduced where no browser could hold that; then it is said.
 * @param {Promise<{ levels: ImageBitmap[] }>} loaded
 * @param {ImageRecord} record
 */
async function showMap(loaded, record) {
  const map = await enlarge(loaded, record);
  if (map.factor > 1) map.note = `reduced ${Math.round(map.factor)}×`;
  return map;
}

/**
 * One image left of the divider, the other one right of it.
 * @param {Rendition} gan
 * @param {Rendition} mse
 * @param {Drawing} context
 * @param {View} view
 * @param {Size} pane
 * @param {DrawOptions} options
 */
function drawDivided(gan, mse, context, view, pane, options) {
  const x = Math.round(options.divider * pane.width);
  const notes = [gan.draw(context, view, pane, options)];
  context.save();
  context.beginPath();
  context.rect(x, 0, pane.width - x, pane.height);
  context.clip();
  notes.push(mse.draw(context, view, pane, options));
  context.restore();
  context.fillStyle = "#000";
  context.fillRect(x - 1.5, 0, 3, pane.height);
  context.fillStyle = "#fff";
  context.fillRect(x - 0.5, 0, 1, pane.height);
  return notes.find(Boolean);
}
