// Requests to the server's own routes. Every failure becomes an Error with a sentence for people.

import { askToSignIn } from "./sign_in.js";
import { readUser } from "./user.js";

/** @import { Loop, RefusalAnswer, Stored } from "#types/shared" */

export const API = "/studio/api";

const SIGNED_OUT = 401;

export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {RefusalAnswer} answer
   */
  constructor(status, answer) {
    super(answer.error ?? `The server answered ${status}.`);
    this.status = status;
    this.answer = answer;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function send(path, options) {
  const headers = new Headers(options.headers);
  headers.set("X-Studio-User", encodeURIComponent(readUser()));
  try {
    return await fetch(path, { ...options, headers });
  } catch {
    throw new Error("The server cannot be reached. Your work stays on this page; try again.");
  }
}

/**
 * Ask the server; where the session is over, ask for the password first.
 * @param {string} path
 * @param {RequestInit} options
 */
export async function request(path, options = {}) {
  let response = await send(path, options);
  const isDeed = (options.method ?? "GET") !== "GET";
  if (response.status === SIGNED_OUT && (await askToSignIn(isDeed))) {
    response = await send(path, options);
  }
  if (!response.ok) {
    throw new Refusal(response.status, await response.json().catch(() => ({})));
  }
  return response;
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
export const readJson = async (path, options) => (await request(path, options)).json();

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} value
 * @param {Record<string, string>} headers
 */
const sendJson = (method, path, value, headers = {}) =>
  readJson(path, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(value),
  });

/**
 * @param {string} path
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 */
export const postJson = (path, value, headers) => sendJson("POST", path, value, headers);
/**
 * @param {string} path
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 */
export const putJson = (path, value, headers) => sendJson("PUT", path, value, headers);

/**
 * @param {string | null} dataset
 * @returns {Promise<Loop>}
 */
export const loadLoop = (dataset) =>
  readJson(`${API}/loop${dataset ? `?dataset=${encodeURIComponent(dataset)}` : ""}`);
/** @param {number} image */
export const loadImage = (image) => readJson(`${API}/images/${image}`);
/** @param {Stored} rendition */
export const renditionUrl = ({ id, sha }) => `/studio/renditions/${id}.png?v=${sha}`;
/**
 * @param {Stored} revision
 * @param {Stored} gan
 * @param {number} feather
 */
export const pseudoGtUrl = (revision, gan, feather) =>
  `/studio/revisions/${revision.id}/pseudo-gt.png?feather=${feather}&v=${revision.sha}${gan.sha}`;

/**
 * @param {Stored} rendition
 * @param {string} key
 */
export const tileUrl = ({ id, sha }, key) => `/studio/renditions/${id}/tiles/${key}.png?v=${sha}`;
/** @param {{ id: number, map_sha: string }} detection */
export const mapUrl = ({ id, map_sha }) => `/studio/detections/${id}/map.png?v=${map_sha}`;
/** @param {{ id: number, lr: { sha: string } }} record */
export const lrUrl = ({ id, lr }) => `/studio/images/${id}/lr.png?v=${lr.sha}`;

/**
 * Fetch the bytes of an image.
 * @param {string} url
 */
export const loadBlob = async (url) => (await request(url)).blob();

/**
 * Fetch the run lengths of a mask: of the revision if there is one, else of the detection.
 * @param {{ revision?: Stored | null, detection?: Stored | null }} of
 */
export async function loadMaskRuns({ revision, detection }) {
  const kept = revision ?? detection;
  if (!kept) return null;
  // The hash makes the address name the content: ids come again in another data directory.
  const path = `/studio/${revision ? "revisions" : "detections"}/${kept.id}.mask?v=${kept.sha}`;
  return new Uint8Array(await (await request(path)).arrayBuffer());
}

/**
 * Start detecting in a whole dataset; answers { job }.
 * @param {number | string} dataset
 * @param {object} settings
 * @returns {Promise<{ job: number }>}
 */
export const detectDataset = (dataset, settings) =>
  postJson(`${API}/datasets/${dataset}/detect`, settings);
