// Requests of the list of datasets.

import { API, postJson, readJson } from "../shared/api.js";

/** @import { Dataset, DeletedDataset, Deletion } from "#types/datasets" */

/** @param {number} id */
const dataset = (id) => `${API}/datasets/${id}`;

/**
 * All datasets and what is in the bin, both the newest first.
 * @returns {Promise<{ datasets: Dataset[], bin: DeletedDataset[] }>}
 */
export const loadDatasets = () => readJson(`${API}/datasets`);
/**
 * @param {number} id
 * @param {string} name
 * @returns {Promise<{ name: string }>}
 */
export const renameDataset = (id, name) =>
  readJson(dataset(id), {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
/**
 * What would go into the bin.
 * @param {number} id
 * @returns {Promise<Deletion>}
 */
export const loadDeletion = (id) => readJson(`${dataset(id)}/deletion`);
/**
 * @param {number} id
 * @returns {Promise<{ name: string }>}
 */
export const deleteDataset = (id) => readJson(dataset(id), { method: "DELETE" });
/**
 * Take it out of the bin; answers { name }, another one where its own is taken.
 * @param {number} id
 * @returns {Promise<{ name: string }>}
 */
export const restoreDataset = (id) => postJson(`${dataset(id)}/restore`, {});
