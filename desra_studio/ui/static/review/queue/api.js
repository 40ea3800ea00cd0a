// Requests about the queue of a dataset, its progress, and who works on which image.

import { API, postJson, readJson } from "../../shared/api.js";
import { PAGE_ROWS } from "./queue_rows.js";
import { writeFilters } from "./queue_filters.js";

/**
 * @import {
 *   Asked,
 *   ChangeReport,
 *   ChosenImages,
 *   HeldImage,
 *   Progress,
 *   QueuePage,
 * } from "#types/review"
 */

/**
 * @param {number} dataset
 * @param {string} path
 * @param {Asked} asked
 * @param {Record<string, string | number>} values
 */
const address = (dataset, path, asked, values = {}) => {
  const query = writeFilters(new URLSearchParams(), asked);
  for (const [name, value] of Object.entries(values)) query.set(name, String(value));
  return `${API}/datasets/${dataset}/${path}?${query}`;
};

/**
 * One page of the queue, by offset or around an image: { total, offset, position, items }.
 * @param {number} dataset
 * @param {Asked} asked
 * @param {{ offset: number } | { around: number }} place
 * @param {AbortSignal} [signal]
 * @returns {Promise<QueuePage>}
 */
export const loadQueuePage = (dataset, asked, place, signal) =>
  readJson(address(dataset, "queue", asked, { ...place, limit: PAGE_ROWS }), { signal });

/**
 * The next image after one that waits for a verdict just now: { id }, null where there is none.
 * @param {number} dataset
 * @param {Asked} asked
 * @param {number} image
 * @returns {Promise<{ id: number | null }>}
 */
export const loadNextOpen = (dataset, asked, image) =>
  readJson(address(dataset, "queue/next", asked, { after: image }));

/**
 * Claim the next image after one, or the first, that waits for a verdict: { id, held }. Where none
 * is free the id is null, and `held` lists { id, claimed_by } of those that others work on.
 * @param {number} dataset
 * @param {Asked} asked
 * @param {number} [image]
 * @returns {Promise<{ id: number | null, held: HeldImage[] }>}
 */
export const claimNextOpen = (dataset, asked, image) =>
  readJson(address(dataset, "queue/claim-next", asked, image ? { after: image } : {}), {
    method: "POST",
  });

/**
 * The image some rows away from one, whether the filters list that one or not: { id }.
 * @param {number} dataset
 * @param {Asked} asked
 * @param {number} image
 * @param {number} offset
 * @returns {Promise<{ id: number | null }>}
 */
export const loadNeighbour = (dataset, asked, image, offset) =>
  readJson(address(dataset, "queue/step", asked, { from: image, offset }));

/**
 * @param {number} dataset
 * @returns {Promise<Progress>}
 */
export const loadProgress = (dataset) => readJson(`${API}/datasets/${dataset}/progress`);

/**
 * Do the same to several images; answers { done, skipped: [{ id, name, why }] }.
 * @param {number} dataset
 * @param {{ action: string, to?: string, wanted?: number, force?: boolean } & ChosenImages} change
 * @returns {Promise<ChangeReport>}
 */
export const changeImages = (dataset, change) =>
  postJson(`${API}/datasets/${dataset}/bulk`, change);

/**
 * Claim an image for who works here, or go on claiming it; a Refusal tells who has it.
 * @param {number} image
 * @param {boolean} takeOver
 */
export const claimImage = (image, takeOver) =>
  postJson(`${API}/images/${image}/claim`, { take_over: takeOver });

/**
 * Let others have an image; sent even while the page goes away.
 * @param {number} image
 */
export const releaseImage = (image) =>
  readJson(`${API}/images/${image}/claim`, { method: "DELETE", keepalive: true });
