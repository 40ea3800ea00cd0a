// Requests about an image's masks: its revisions, and what several people said about it.

import { postJson, readJson } from "../../shared/api.js";

/** @import { ImageRecord, SavedLabel } from "#types/review" */

/** @param {number} image */
const addressOf = (image) => `/studio/api/images/${image}`;

/**
 * The revisions of an image, the newest first.
 * @param {number} image
 */
export const listRevisions = (image) => readJson(`${addressOf(image)}/revisions`);

/**
 * Let an earlier revision, by id, count again; answers as a save.
 * @param {number} image
 * @param {number} version
 * @param {number} revision
 * @returns {Promise<SavedLabel>}
 */
export const restoreRevision = (image, version, revision) =>
  postJson(`${addressOf(image)}/restore`, { revision }, { "If-Match": String(version) });

/**
 * Ask so many people for a label of their own; answers the image's record.
 * @param {number} image
 * @param {number} wanted
 * @returns {Promise<ImageRecord>}
 */
export const askOpinions = (image, wanted) => postJson(`${addressOf(image)}/opinions`, { wanted });

/**
 * Make one label of the opinions: method is "majority", "union", or "mask" with run lengths.
 * @param {number} image
 * @param {number} version
 * @param {"majority" | "union" | "mask"} method
 * @param {Uint8Array<ArrayBuffer> | null} runs
 */
export async function makeConsensus(image, version, method, runs = null) {
  const packed = runs && { runs: await packRuns(runs) };
  return postJson(`${addressOf(image)}/consensus`, { method, version, ...packed });
}

/**
 * Compress run lengths, as base64.
 * @param {Uint8Array<ArrayBuffer>} runs
 */
async function packRuns(runs) {
  const stream = new Blob([runs]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
