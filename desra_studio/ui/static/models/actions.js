// What the buttons of the Models page do. Each gets what the page's fields hold, in their order.

import { tell } from "../shared/actions.js";
import { API, postJson } from "../shared/api.js";

/** @param {string} model */
export const startPull = (model) => tell(() => postJson(`${API}/models/pull`, { model }));

/**
 * @param {string} model
 * @param {string} dataset
 * @param {string} hr
 * @param {number} iterations
 */
export const startDerive = (model, dataset, hr, iterations) =>
  tell(() => postJson(`${API}/models/derive`, { model, dataset, hr, iterations }));

/**
 * @param {number} model
 * @param {number} partner
 */
export const setPartner = (model, partner) =>
  tell(() => postJson(`${API}/models/pair`, { model, partner }));
