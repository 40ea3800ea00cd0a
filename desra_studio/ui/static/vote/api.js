// What the voting page asks the server. Every refusal becomes an Error with its code.

/** @import { Answer, Display, NextTrial, ShownMark, VoteOutcome, VotingSession } from "#types/vote" */

export class Refusal extends Error {
  /** @param {{ error?: string, code?: string, wait?: number }} answer */
  constructor(answer) {
    super(answer.error ?? "The server cannot answer just now. Try again in a moment.");
    this.code = answer.code ?? "busy";
    this.wait = answer.wait ?? null;
  }
}

/** The server is away: what was asked may be asked again. */
export class Offline extends Error {
  constructor() {
    super("The server cannot be reached.");
    this.code = "offline";
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Offline();
  }
  if (response.ok) return response;
  throw new Refusal(await response.json().catch(() => ({})));
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
const readJson = async (path, options) => (await ask(path, options)).json();
/**
 * @param {string} path
 * @param {unknown} value
 */
const post = (path, value = {}) =>
  readJson(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(value),
  });

/**
 * The routes of one link.
 * @param {string} link
 */
export function openLink(link) {
  const root = `/vote/api/${encodeURIComponent(link)}`;
  return {
    /** @returns {Promise<VotingSession>} */
    describe: () => readJson(root),
    /** @returns {Promise<{ link: string }>} */
    join: () => post(`${root}/join`),
    /** @type {(display: Display) => Promise<{ next: NextTrial }>} */
    begin: (display) => post(`${root}/begin`, { consent: true, display }),
    /** @returns {Promise<NextTrial>} */
    next: () => readJson(`${root}/next`),
    /** @type {(code: string) => Promise<ShownMark>} */
    markShown: (code) => post(`${root}/trials/${code}/shown`),
    /** @type {(code: string, answer: Answer, nonce: string | null) => Promise<VoteOutcome>} */
    vote: (code, answer, nonce) => post(`${root}/trials/${code}`, { answer, nonce }),
  };
}

/**
 * Fetch a picture and decode it, its stored values as they are.
 * @param {string} url
 */
export async function loadPicture(url) {
  const blob = await (await ask(url)).blob();
  return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}
