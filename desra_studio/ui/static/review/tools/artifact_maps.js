// The artifact map of the image that was worked on last, as bytes: what the wand grows along.

import { loadBlob } from "../../shared/api.js";
import { VEILED } from "../texts.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { ImageRecord } from "#types/review" */

/**
 * @typedef {{
 *   key: string | null,
 *   map: Uint8Array | null,
 *   loading: Promise<unknown>,
 * }} Known the map of a key, once it is loaded; null is the key of one that could not be.
 */

export class ArtifactMaps {
  /** @type {Known | null} */
  #known = null;

  /**
   * The map of a document, round(255 D) row by row; null until `load` is done, or without one.
   * @param {ReviewDocument} document
   */
  get(document) {
    return this.#known?.key === keyOf(document) ? (this.#known?.map ?? null) : null;
  }

  /**
   * Load the map of a document, once.
   * @param {ReviewDocument} document
   * @throws {Error} a sentence about why there is none.
   */
  async load(document) {
    const key = keyOf(document);
    if (document.record.veiled) throw new Error(VEILED);
    if (!key) throw new Error("Nothing has been detected in this image yet, so the wand has no map.");
    if (this.#known?.key !== key) this.#known = begin(key, loadMap(document));
    await this.#known.loading;
  }
}

/**
 * @param {string} key
 * @param {Promise<Uint8Array>} loading
 */
function begin(key, loading) {
  /** @type {Known} */
  const known = { key, map: null, loading };
  known.loading = loading.then(
    (map) => (known.map = map),
    (error) => {
      known.key = null; // another try may work
      throw error;
    },
  );
  return known;
}

/** @param {{ record: ImageRecord }} document */
const keyOf = ({ record: { detection } }) =>
  detection?.map_sha ? `${detection.id} ${detection.map_sha}` : null;

/** @param {ReviewDocument} document */
async function loadMap({ record: { detection }, width, height }) {
  const address = `/studio/detections/${detection?.id}/map.bin?v=${detection?.map_sha}`;
  const blob = await loadBlob(address);
  const map = new Uint8Array(await blob.arrayBuffer());
  if (map.length === width * height) return map;
  throw new Error(`The artifact map has ${map.length} px, the image ${width * height}: detect again.`);
}
