// What the buttons of the Datasets page do. Each gets what the page's fields hold, in their order.

import { tell } from "../shared/actions.js";
import { API, detectDataset, loadLoop, postJson } from "../shared/api.js";
import { addressed } from "../shared/dom.js";
import { postImport } from "./asking.js";

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
 * The share of pictures that are labelled blind, as routes take it, of what a field holds in
 * percent; an empty one leaves it to the server's setting.
 * @param {number | null} percent
 */
const readShare = (percent) => (percent === null ? null : percent / 100);

/**
 * @param {string} source
 * @param {string} name
 * @param {number | null} blind
 * @param {DetectorFields} detector
 */
export const startImport = (source, name, blind, ...detector) =>
  tell(() => {
    const order = { source, name, blind_share: readShare(blind) };
    return postImport(`${API}/datasets/import`, { ...order, detector: readDetector(...detector) });
  });

/**
 * Import what was sent; whoever sent it hears how that went.
 * @param {ImportedUpload | null} upload
 * @param {number | null} blind
 * @param {DetectorFields} detector
 */
export const importUpload = (upload, blind, ...detector) =>
  tell(async () => {
    if (!upload) return;
    let isStarted = false;
    try {
      const { id, name, into } = upload;
      const detected = readDetector(...detector);
      const order = { name, into, blind_share: readShare(blind) };
      await postImport(`${API}/uploads/${id}/import`, { ...order, detector: detected });
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
