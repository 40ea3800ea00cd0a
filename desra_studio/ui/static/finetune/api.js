// Requests of the Fine-tune page.

import { API, postJson, readJson, request } from "../shared/api.js";

export const loadChoices = (dataset) => readJson(`${API}/datasets/${dataset}/finetune`);
export const loadRuns = (dataset) => readJson(`${API}/datasets/${dataset}/finetune/runs`);
export const loadFineTuned = (dataset) => readJson(`${API}/datasets/${dataset}/fine-tuned`);

/** Start a run; answers { run }. */
export const startRun = (dataset, order) => postJson(`${API}/datasets/${dataset}/finetune`, order);

export const cancelJob = (job) => postJson(`${API}/runs/${job}/cancel`, {});
export const resumeRun = (run) => postJson(`${API}/runs/${run}/resume`, {});
export const applyRun = (run) => postJson(`${API}/runs/${run}/apply`, {});
export const proveRun = (run) => postJson(`${API}/runs/${run}/prove`, {});
export const weightsUrl = (run) => `${API}/runs/${run}/generator.safetensors`;

/** The figures of a run by name: { loss: [[iteration, value], ...], ... }. */
export const loadMetrics = (run) => readJson(`${API}/runs/${run}/metrics`);
export const loadPreviews = (run) => readJson(`${API}/runs/${run}/previews`);
export const previewUrl = (run, name) => `/studio/runs/${run}/previews/${name}.png`;
/** The points of all runs of a dataset, as types/finetune.d.ts has them. */
export const loadPoints = (dataset) => readJson(`${API}/datasets/${dataset}/finetune/points`);
/** Make a point a model; answers { model_id, model }. */
export const takePoint = (run, iteration) =>
  postJson(`${API}/runs/${run}/points/${iteration}/take`, {});

/** Add a weight file; answers { model, name }. */
export async function addModel(file) {
  const path = `${API}/models?name=${encodeURIComponent(file.name)}`;
  return (await request(path, { method: "POST", body: file })).json();
}
