// Requests about the proof of fine-tunings.

import { API, postJson, readJson } from "../shared/api.js";

/** @import { ProofRun, ProofView } from "#types/proof" */

/**
 * The newest fine-tunings and the one asked for, newest first; see services/proof/runs.py.
 * @param {string | null} run
 * @returns {Promise<{ runs: ProofRun[] }>}
 */
export const loadProofRuns = (run) =>
  readJson(`${API}/fine-tunings${/^\d+$/.test(run ?? "") ? `?run=${run}` : ""}`);

/**
 * What a run changed, component by component; see services/proof/proving.py.
 * @param {number} run
 * @returns {Promise<ProofView>}
 */
export const loadProof = (run) => readJson(`${API}/runs/${run}/proof`);

/**
 * Start proving a run again; answers { job }.
 * @param {number} run
 */
export const startProof = (run) => postJson(`${API}/runs/${run}/prove`, {});

/**
 * Flag what is new or still there for Review; answers { images, components, dataset_id }.
 * @param {number} run
 * @returns {Promise<{ images: number, components: number }>}
 */
export const sendBack = (run) => postJson(`${API}/runs/${run}/send-back`, {});

/** @param {number} run */
export const weightsUrl = (run) => `${API}/runs/${run}/generator.safetensors`;
