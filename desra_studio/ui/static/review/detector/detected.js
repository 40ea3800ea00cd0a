// What the detector marks in an image: as it is stored, or with settings that are being tried.

import { loadMaskRuns } from "../../shared/api.js";
import { rankRegions } from "../../masks/components.js";
import { decodeRuns } from "../../masks/runs.js";

/** @import { DetectedRegion } from "#types/masks" */
/** @import { DetectorSettings, ImageRecord } from "#types/review" */

// Undo keeps many of these; as pixels only the one used last: 16 MB of a 4096x4096 image.
let decoded = { detected: /** @type {Detected | null} */ (null), mask: new Uint8Array() };

export class Detected {
  #load;
  /** @type {Promise<Uint8Array | null> | null} */
  #loading = null;
  /** @type {DetectedRegion[] | null} */
  #ranked = null;

  /**
   * @param {DetectorSettings} settings
   * @param {DetectedRegion[]} regions
   * @param {number} size pixels of the image.
   * @param {Uint8Array | null} runs run lengths of the mask; where they are missing `load` fetches
   *   them.
   * @param {() => Promise<Uint8Array | null>} load
   */
  constructor(settings, regions, size, runs, load = async () => runs) {
    this.settings = settings;
    this.regions = regions;
    this.size = size;
    this.runs = runs;
    this.#load = load;
  }

  /**
   * What is stored for an image, or null; `runs` where its mask was fetched already.
   * @param {ImageRecord} record
   * @param {Uint8Array | null} runs
   */
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
    if (!this.runs) throw new Error("The detected mask is not loaded yet.");
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
