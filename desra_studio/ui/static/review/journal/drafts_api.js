// Requests about drafts: what somebody painted and did not save yet.

import { readJson, request } from "../../shared/api.js";

/** @param {number} image */
const addressOf = (image) => `/studio/api/images/${image}/draft`;

/**
 * Keep a mask, gzip-compressed run lengths, as one's draft; answers { updated_at }.
 * @param {number} image
 * @param {number} version
 * @param {ArrayBuffer} body
 */
export const putDraft = (image, version, body) =>
  readJson(addressOf(image), {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream", "If-Match": String(version) },
    body,
  });

/**
 * Fetch the run lengths of one's draft.
 * @param {number} image
 */
export const loadDraft = async (image) =>
  new Uint8Array(await (await request(addressOf(image))).arrayBuffer());

/** @param {number} image */
export const dropDraft = (image) => request(addressOf(image), { method: "DELETE" });
