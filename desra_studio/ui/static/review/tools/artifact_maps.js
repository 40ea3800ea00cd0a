// The artifact map of the image that was worked on last, as bytes: what the wand grows along.

import { loadBlob } from "../../shared/api.js";

export class ArtifactMaps {
  #known = { key: null, loading: null, map: null };

  /** The map of a document, round(255 D) row by row; null until `load` is done, or without one. */
  get(document) {
    return this.#known.key === keyOf(document) ? this.#known.map : null;
  }

  /**
   * Load the map of a document, once.
   * @throws {Error} a sentence about why there is none.
   */
  async load(document) {
    const key = keyOf(document);
    if (!key) throw new Error("Nothing was detected in this image yet, so the wand has no map.");
    if (this.#known.key !== key) {
      const known = { key, map: null };
      known.loading = loadMap(document).then(
        (map) => (known.map = map),
        (error) => {
          known.key = null; // another try may work
          throw error;
        },
      );
      this.#known = known;
    }
    await this.#known.loading;
  }
}

const keyOf = ({ record: { detection } }) =>
  detection?.map_sha ? `${detection.id} ${detection.map_sha}` : null;

async function loadMap({ record: { detection }, width, height }) {
  const blob = await loadBlob(`/studio/detections/${detection.id}/map.bin?v=${detection.map_sha}`);
  const map = new Uint8Array(await blob.arrayBuffer());
  if (map.length === width * height) return map;
  throw new Error(`The artifact map has ${map.length} px, the image ${width * height}: detect again.`);
}
