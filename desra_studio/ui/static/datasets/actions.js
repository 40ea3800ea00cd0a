// What the buttons of the Datasets page do. Each gets what the page's fields hold, in their order.

import { tell } from "../shared/actions.js";
import { API, detectDataset, loadLoop, postJson } from "../shared/api.js";
import { addressed } from "../shared/dom.js";
import { postImport } from "./suffix.js";

/** @import { DetectorFields } from "#types/datasets" */
/** @import { ImportedUpload } from "#types/uploads" */

const SHARE = "% of the image";

/**
 * The detector's settings as routes take them; see `DetectorSettings`.
 * @param {DetectorFields} fields
 */
export function readDetector(...[contrast, area, unit, weights]) {
  if (contrast === null || area === null) throw new Error("Fill in both thresholds.");
  const limit = unit === SHARE ? { area_share: area / 100 } : { area_threshold: Math.trunc(area) };
  return { contrast_threshold: contrast, class_weights: weights, ...limit };
}

/** The dataset of the page, or an Error that says that there is none. */
async function findDataset() {
  const { dataset } = await loadLoop(addressed("dataset"));
  if (!dataset) throw new Error("There is no dataset yet. Import one, or open the demo dataset.");
  return dataset;
}

export const startDemo = () => tell(() => postJson(`${API}/demo`, {}));

/**
 * @param {string} source
 * @param {string} name
 * @param {DetectorFields} detector
 */
export const startImport = (source, name, ...detector) =>
  tell(() =>
    postImport(`${API}/datasets/import`, { source, name, detector: readDetector(...detector) }),
  );

/**
 * Import what was sent; whoever sent it hears how that went.
 * @param {ImportedUpload | null} upload
 * @param {DetectorFields} detector
 */
export const importUpload = (upload, ...detector) =>
  tell(async () => {
    if (!upload) return;
    let isStarted = false;
    try {
      const { id, name, into } = upload;
      const detected = readDetector(...detector);
      await postImport(`${API}/uploads/${id}/import`, { name, into, detector: detected });
      isStarted = true;
    } finally {
      window.dispatchEvent(new CustomEvent("studio:upload", { detail: isStarted }));
    }
  });

/** @param {DetectorFields} detector */
export const startDetect = (...detector) =>
  tell(async () => {
    const settings = readDetector(...detector);
    await detectDataset(await findDataset(), settings);
  });

/**
 * @param {number} dataset
 * @param {string} model
 * @param {DetectorFields} detector
 */
export const startUpscale = (dataset, model, ...detector) =>
  tell(() =>
    postJson(`${API}/datasets/${dataset}/upscale`, { model, detector: readDetector(...detector) }),
  );

/** @param {string} name */
export const startCalibration = (name) =>
  tell(async () => postJson(`${API}/datasets/${await findDataset()}/calibrate`, { name }));
