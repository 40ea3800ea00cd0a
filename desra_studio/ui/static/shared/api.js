// Requests to the server's own routes. Every failure becomes an Error with a sentence for people.

import { readUser } from "./user.js";

export const API = "/studio/api";

export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.error ?? `The server answered ${status}.`);
    this.status = status;
    this.answer = answer;
  }
}

export async function request(path, options = {}) {
  let response;
  try {
    const headers = { ...options.headers, "X-Studio-User": encodeURIComponent(readUser()) };
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new Error("The server cannot be reached. Your work stays on this page; try again.");
  }
  if (!response.ok) {
    throw new Refusal(response.status, await response.json().catch(() => ({})));
  }
  return response;
}

export const readJson = async (path, options) => (await request(path, options)).json();

const sendJson = (method, path, value, headers = {}) =>
  readJson(path, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(value),
  });

export const postJson = (path, value, headers) => sendJson("POST", path, value, headers);
export const putJson = (path, value, headers) => sendJson("PUT", path, value, headers);

export const loadLoop = (dataset) =>
  readJson(`${API}/loop${dataset ? `?dataset=${encodeURIComponent(dataset)}` : ""}`);
export const loadImage = (image) => readJson(`${API}/images/${image}`);
export const renditionUrl = ({ id, sha }) => `/studio/renditions/${id}.png?v=${sha}`;
export const pseudoGtUrl = (revision, gan, feather) =>
  `/studio/revisions/${revision.id}/pseudo-gt.png?feather=${feather}&v=${revision.sha}${gan.sha}`;

export const tileUrl = ({ id, sha }, key) => `/studio/renditions/${id}/tiles/${key}.png?v=${sha}`;
export const mapUrl = ({ id, map_sha }) => `/studio/detections/${id}/map.png?v=${map_sha}`;
export const lrUrl = ({ id, lr }) => `/studio/images/${id}/lr.png?v=${lr.sha}`;

/** Fetch the bytes of an image. */
export const loadBlob = async (url) => (await request(url)).blob();

/** Fetch the run lengths of a mask: of the revision if there is one, else of the detection. */
export async function loadMaskRuns({ revision, detection }) {
  if (!revision && !detection) return null;
  // The hash makes the address name the content: ids come again in another data directory.
  const path = revision
    ? `/studio/revisions/${revision.id}.mask?v=${revision.sha}`
    : `/studio/detections/${detection.id}.mask?v=${detection.sha}`;
  return new Uint8Array(await (await request(path)).arrayBuffer());
}

/** Start detecting in a whole dataset; answers { job }. */
export const detectDataset = (dataset, settings) =>
  postJson(`${API}/datasets/${dataset}/detect`, settings);
