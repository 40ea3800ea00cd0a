// Requests about user studies.

import { API, postJson, readJson } from "../shared/api.js";

/** @import { Choices, Report, Study, StudyJob, StudyOrder, StudyView } from "#types/studies" */

/** @param {number} id */
const study = (id) => `${API}/studies/${id}`;

/**
 * What a study can be made of, and the studies of a dataset.
 * @param {number} dataset
 * @returns {Promise<{ choices: Choices, studies: StudyView[] }>}
 */
export const loadStudies = (dataset) => readJson(`${API}/datasets/${dataset}/studies`);
/**
 * Start making a study.
 * @param {number} dataset
 * @param {StudyOrder} order
 * @returns {Promise<{ job: number }>}
 */
export const makeStudy = (dataset, order) => postJson(`${API}/datasets/${dataset}/studies`, order);
/**
 * How far the making of a study is.
 * @param {number} job
 * @returns {Promise<StudyJob>}
 */
export const loadJob = (job) => readJson(`${API}/studies/jobs/${job}`);
/** @param {number} job */
export const cancelJob = (job) => postJson(`${API}/runs/${job}/cancel`, {});
/**
 * @param {number} id
 * @returns {Promise<Study>}
 */
export const loadStudy = (id) => readJson(study(id));
/**
 * @param {number} id
 * @returns {Promise<Study>}
 */
export const openStudy = (id) => postJson(`${study(id)}/open`, {});
/**
 * @param {number} id
 * @returns {Promise<Study>}
 */
export const closeStudy = (id) => postJson(`${study(id)}/close`, {});
/**
 * @param {number} id
 * @param {string[]} labels
 * @param {number | null} days
 * @returns {Promise<Study>}
 */
export const makeLinks = (id, labels, days) => postJson(`${study(id)}/links`, { labels, days });
/**
 * @param {number} id
 * @returns {Promise<Report>}
 */
export const loadReport = (id) => readJson(`${study(id)}/report`);
/**
 * @param {number} id
 * @returns {Promise<{ images: number, windows: number }>}
 */
export const sendBack = (id) => postJson(`${study(id)}/send-back`, {});
/**
 * @param {number} id
 * @returns {Promise<{ regions: number }>}
 */
export const keepProminence = (id) => postJson(`${study(id)}/prominence`, {});
/**
 * @param {number} id
 * @param {string} file
 */
export const fileUrl = (id, file) => `${study(id)}/${file}`;
