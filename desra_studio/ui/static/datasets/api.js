// Requests of the list of datasets.

import { API, postJson, readJson } from "../shared/api.js";

const dataset = (id) => `${API}/datasets/${id}`;

/** { datasets: [{ id, name, images, waiting, reviewed, accepted }], bin: [{ id, name, images,
 * deleted_at, deleted_by }] }, both the newest first. */
export const loadDatasets = () => readJson(`${API}/datasets`);
export const renameDataset = (id, name) =>
  readJson(dataset(id), {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
/** What would go into the bin: { name, lines }. */
export const loadDeletion = (id) => readJson(`${dataset(id)}/deletion`);
export const deleteDataset = (id) => readJson(dataset(id), { method: "DELETE" });
/** Take it out of the bin; answers { name }, another one where its own is taken. */
export const restoreDataset = (id) => postJson(`${dataset(id)}/restore`, {});
