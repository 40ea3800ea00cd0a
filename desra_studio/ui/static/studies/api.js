// Requests about user studies.

import { API, postJson, readJson } from "../shared/api.js";

const study = (id) => `${API}/studies/${id}`;

/** What a study can be made of, and the studies of a dataset: { choices, studies }. */
export const loadStudies = (dataset) => readJson(`${API}/datasets/${dataset}/studies`);
/** Start making a study; answers { job }. */
export const makeStudy = (dataset, order) => postJson(`${API}/datasets/${dataset}/studies`, order);
/** How far the making of a study is: { status, active, message, done, total, pace, study }. */
export const loadJob = (job) => readJson(`${API}/studies/jobs/${job}`);
export const cancelJob = (job) => postJson(`${API}/runs/${job}/cancel`, {});
export const loadStudy = (id) => readJson(study(id));
export const openStudy = (id) => postJson(`${study(id)}/open`, {});
export const closeStudy = (id) => postJson(`${study(id)}/close`, {});
export const makeLinks = (id, labels, days) => postJson(`${study(id)}/links`, { labels, days });
export const loadReport = (id) => readJson(`${study(id)}/report`);
export const sendBack = (id) => postJson(`${study(id)}/send-back`, {});
export const keepProminence = (id) => postJson(`${study(id)}/prominence`, {});
export const fileUrl = (id, file) => `${study(id)}/${file}`;
