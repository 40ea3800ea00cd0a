// Requests of the Review page about an image: its mask, verdict, components and detection.

import { unpackRegions } from "../masks/runs.js";
import { API, postJson, readJson, request } from "../shared/api.js";
import { toQuery } from "./detector/detector_settings.js";

/** @import { Point } from "#types/masks" */
/**
 * @import {
 *   Attribution,
 *   ChangeReport,
 *   DetectorSettings,
 *   EarlierLabel,
 *   Label,
 *   RegionLabel,
 *   SavedLabel,
 *   State,
 * } from "#types/review"
 */

/**
 * Save run lengths as a new revision; answers { version, state, revision }.
 * @param {number} image
 * @param {number} version
 * @param {Uint8Array<ArrayBuffer>} runs
 * @returns {Promise<SavedLabel>}
 */
export async function saveMask(image, version, runs) {
  const stream = new Blob([runs]).stream().pipeThrough(new CompressionStream("gzip"));
  return readJson(`${API}/images/${image}/mask`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", "If-Match": String(version) },
    body: await new Response(stream).arrayBuffer(),
  });
}

/**
 * Set the verdict on an image; answers { version }.
 * @param {number} image
 * @param {number} version
 * @param {State} state
 * @returns {Promise<{ version: number }>}
 */
export const judgeImage = (image, version, state) =>
  postJson(`${API}/images/${image}/verdict`, { state }, { "If-Match": String(version) });

/**
 * Bring labels of a dataset back.
 * @param {number} dataset
 * @param {EarlierLabel[]} labels
 * @returns {Promise<ChangeReport>}
 */
export const takeBack = (dataset, labels) =>
  postJson(`${API}/datasets/${dataset}/take-back`, {
    // Without the version before, a change of very many images would be too much to send.
    labels: labels.map(({ image, version, state, revision, own }) => ({
      image,
      version,
      state,
      revision,
      own: own || undefined,
    })),
  });

/**
 * Detect again in a stored map.
 * @param {number} detection
 * @param {DetectorSettings} settings
 * @param {AbortSignal} [signal]
 */
export async function loadLive(detection, settings, signal) {
  const path = `${API}/detections/${detection}/live?${toQuery(settings)}`;
  return unpackRegions(new Uint8Array(await (await request(path, { signal })).arrayBuffer()));
}

/** @returns {Promise<string[]>} */
export const loadWeightSets = () => readJson(`${API}/weight-sets`);

/**
 * What either verdict on the detected component over a pixel does to the figures of the set.
 * @param {number} image
 * @param {Point} point
 * @param {AbortSignal} [signal]
 * @returns {Promise<Attribution>}
 */
export const loadAttribution = (image, { x, y }, signal) =>
  readJson(`${API}/images/${image}/attribution?x=${x}&y=${y}`, { signal });

/**
 * Labels of the components of the saved mask.
 * @param {number} image
 * @returns {Promise<RegionLabel[]>}
 */
export const loadRegionLabels = (image) => readJson(`${API}/images/${image}/regions`);
/**
 * @param {number} image
 * @param {Label & Point} label
 * @returns {Promise<RegionLabel>}
 */
export const saveRegionLabel = (image, label) => postJson(`${API}/images/${image}/regions`, label);
