// Requests about drafts: what somebody painted and did not save yet.

import { request } from "./api.js";

const addressOf = (image) => `/studio/api/images/${image}/draft`;

/** Fetch the run lengths of one's draft. */
export const loadDraft = async (image) =>
  new Uint8Array(await (await request(addressOf(image))).arrayBuffer());
