// Requests about an image's masks: its revisions, and what several people said about it.

import { postJson, readJson } from "../../shared/api.js";

const addressOf = (image) => `/studio/api/images/${image}`;

/** The revisions of an image, the newest first. */
export const listRevisions = (image) => readJson(`${addressOf(image)}/revisions`);

/** Let an earlier revision, by id, count again; answers as a save. */
export const restoreRevision = (image, version, revision) =>
  postJson(`${addressOf(image)}/restore`, { revision }, { "If-Match": String(version) });

/** Ask so many people for a label of their own; answers the image's record. */
export const askOpinions = (image, wanted) => postJson(`${addressOf(image)}/opinions`, { wanted });

/** Make one label of the opinions: method is "majority", "union", or "mask" with run lengths. */
export async function makeConsensus(image, version, method, runs = null) {
  const packed = runs && { runs: await packRuns(runs) };
  return postJson(`${addressOf(image)}/consensus`, { method, version, ...packed });
}

/** Compress run lengths, as base64. */
async function packRuns(runs) {
  const stream = new Blob([runs]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
