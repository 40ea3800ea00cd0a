// What the detector marks in an image: as it is stored, or with settings that are being tried.

import { loadMaskRuns } from "../../shared/api.js";
import { rankRegions } from "../../masks/components.js";
import { decodeRuns } from "../../masks/runs.js";

// Undo keeps many of these; as pixels only the one used last: 16 MB of a 4096x4096 image.
let decoded = { detected: null, mask: null };

export class Detected {
  #load;
  #loading = null;
  #ranked = null;

  /**
   * @param {number} size pixels of the image.
   * @param {Uint8Array?} runs run lengths of the mask; where they are missing `load` fetches them.
   */
  constructor(settings, regions, size, runs, load = null) {
    this.settings = settings;
    this.regions = regions;
    this.size = size;
    this.runs = runs;
    this.#load = load;
  }

  /** What is stored for an image, or null; `runs` where its mask was fetched already. */
  static ofRecord({ detection, width, height }, runs) {
    if (!detection) return null;
    const load = () => loadMaskRuns({ detection });
    return new Detected(detection.params, detection.regions, width * height, runs, load);
  }

  /** Make `mask` readable. */
  async load() {
    if (this.runs) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    this.runs = await this.#loading;
  }

  /** The mask, 0 and 1; after `load`. */
  get mask() {
    if (decoded.detected !== this) {
      decoded = { detected: this, mask: decodeRuns(this.runs, this.size) };
    }
    return decoded.mask;
  }

  /** The regions, those first that deserve a look first. */
  get ranked() {
    this.#ranked ??= rankRegions(this.regions);
    return this.#ranked;
  }
}
