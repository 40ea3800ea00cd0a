// Requests of uploads.

import { API, Refusal, postJson, readJson } from "../shared/api.js";
import { askToSignIn } from "../shared/sign_in.js";
import { readUser } from "../shared/user.js";

/** @import { Choice, PutPiece, UploadState, UploadSummary } from "#types/uploads" */

const UPLOADS = `${API}/uploads`;

/**
 * Those that did not become datasets, the last that something arrived for first.
 * @returns {Promise<{ uploads: UploadSummary[] }>}
 */
export const loadUploads = () => readJson(UPLOADS);

/**
 * Begin an upload, or go on with the one of the same files.
 * @param {Choice} choice
 * @returns {Promise<UploadState>}
 */
export const beginUpload = ({ name, files }) =>
  postJson(UPLOADS, {
    name,
    files: files.map(({ path, file }) => [path, file.size, file.lastModified]),
  });

/** @param {string} id */
export const discardUpload = (id) => readJson(`${UPLOADS}/${id}`, { method: "DELETE" });

/**
 * A way to send pieces to an upload. A network that is away is a Refusal of status 0.
 * @param {string} id
 * @returns {PutPiece}
 */
export const makePut = (id) => (path, offset, piece, onLoaded, signal) =>
  new Promise((resolve, reject) => {
    // fetch tells nothing of how far it is.
    const sent = new XMLHttpRequest();
    const query = new URLSearchParams({ path, offset: String(offset) });
    sent.open("PUT", `${UPLOADS}/${id}?${query}`);
    sent.responseType = "json";
    sent.setRequestHeader("X-Studio-User", encodeURIComponent(readUser()));
    sent.upload.addEventListener("progress", ({ loaded }) => onLoaded(loaded));
    const stop = () => sent.abort();
    signal.addEventListener("abort", stop, { once: true });
    sent.addEventListener("loadend", async () => {
      signal.removeEventListener("abort", stop);
      if (sent.status === 200 && sent.response) resolve(sent.response.length);
      // Signed in again, the piece is sent again, as after a cut.
      else if (sent.status === 401 && (await askToSignIn())) reject(new Refusal(0, {}));
      else reject(new Refusal(sent.status === 200 ? 0 : sent.status, sent.response ?? {}));
    });
    sent.send(piece);
  });
