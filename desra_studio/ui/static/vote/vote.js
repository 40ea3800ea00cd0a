// The voting page: agree, check the display, vote, pause, the end. It knows nothing of a study but
// its pictures by codes, and tells nothing to anybody but the server that it came from.

import { Refusal, loadPicture, openLink } from "./api.js";
import { measureDisplay } from "./display.js";
import { buildConsent, buildDisplayCheck, buildDone, buildPause, buildProblem } from "./screens.js";
import { TrialView } from "./trial.js";

/** @import { Gate } from "./gate.js" */
/** @import { Answer, Display, NextTrial, VotingSession } from "#types/vote" */

const RETRY_MS = 2000;
const CACHED = 8;
const sleep = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

const readDisplay = () =>
  measureDisplay({
    devicePixelRatio,
    innerWidth,
    innerHeight,
    outerWidth,
    scale: globalThis.visualViewport?.scale ?? 1,
  });

class VotingPage {
  /** @type {Map<string, Promise<ImageBitmap>>} */
  #loaded = new Map();
  /** @type {NextTrial | null} */
  #following = null;
  /** @type {TrialView | null} */
  trial = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.link = root.dataset.link ?? "";
    this.server = openLink(this.link);
    addEventListener("keydown", (event) => this.#onKey(event));
    addEventListener("keyup", (event) => this.trial?.release(event));
  }

  /** @param {string} link */
  #use(link) {
    this.link = link;
    this.server = openLink(link);
  }

  async start() {
    await this.#guard(() => this.#arrive());
  }

  /** Where this voter stands; who comes by the open link goes on by their own. */
  async #arrive() {
    const session = await this.#describe();
    document.title = session.title;
    const { state } = session;
    if (state === "closed") {
      throw new Refusal({ code: "closed", error: "This study is over, or has not begun yet." });
    }
    if (state === "done") return this.#show(buildDone());
    const isNew = state !== "running";
    if (isNew) return this.#show(buildConsent(session, () => this.#checkDisplay(session)));
    return this.#checkDisplay(session);
  }

  async #describe() {
    const open = this.link;
    const kept = readKept(open);
    if (!kept) return this.server.describe();
    this.#use(kept);
    try {
      return await this.server.describe();
    } catch (error) {
      // Of a study that is gone: this device may join the one of now.
      if (error.code !== "forged") throw error;
      this.#use(open);
      return this.server.describe();
    }
  }

  /** @param {VotingSession} session */
  #checkDisplay(session) {
    const begin = (/** @type {Display} */ display) =>
      this.#guard(() => this.#begin(session, display));
    this.#show(buildDisplayCheck(readDisplay, begin));
  }

  /**
   * @param {VotingSession} session
   * @param {Display} display
   */
  async #begin(session, display) {
    if (session.state === "join") {
      const { link } = await this.server.join();
      keepLink(this.link, link);
      this.#use(link);
      history.replaceState(null, "", `/vote/${link}`);
      session.state = "consent";
    }
    const { next } = await this.server.begin(display);
    this.trial = new TrialView(session.kind, {
      onVote: (answer, gate) => this.#guard(() => this.#vote(answer, gate)),
      onPause: () => this.#pause(),
      loadLr: (url) => this.#load(url),
    });
    await this.#go(next);
  }

  /**
   * Show the next trial, or the end.
   * @param {NextTrial} following
   * @returns {Promise<void>}
   */
  async #go(following) {
    this.#following = following;
    const { trial } = following;
    if (!trial) {
      this.trial = null;
      return this.#show(buildDone());
    }
    const { trial: view } = this;
    if (!view) return;
    if (!view.element.isConnected) this.#show(view.element);
    view.begin(trial, following);
    const pictures = await this.#insist(() =>
      Promise.all(trial.images.map(({ url }) => this.#load(url))),
    );
    if (this.#following !== following) return;
    await view.show(pictures);
    let shown;
    try {
      shown = await this.#insist(() => this.server.markShown(trial.code));
    } catch (error) {
      // Answered in another tab.
      if (error.code === "already") return this.#go(await this.server.next());
      throw error;
    }
    if (this.#following !== following) return;
    view.open(shown);
    for (const url of following.ahead) this.#load(url).catch(() => this.#loaded.delete(url));
  }

  /**
   * @param {Answer} answer
   * @param {Gate} gate
   */
  async #vote(answer, gate) {
    const trial = this.#following?.trial;
    if (!trial) return;
    const { code } = trial;
    let answered;
    try {
      answered = await this.#cast(code, answer, gate.nonce);
    } catch (error) {
      if (error.code !== "already") throw error;
      answered = { feedback: null, next: await this.server.next() };
    }
    if (answered.feedback) await this.trial?.explain(answered.feedback);
    await this.#go(answered.next);
  }

  /**
   * Send an answer; where the server's clock went back meanwhile, show and wait once more.
   * @param {string} code
   * @param {Answer} answer
   * @param {string | null} first
   */
  async #cast(code, answer, first) {
    let nonce = first;
    for (;;) {
      try {
        return await this.#insist(() => this.server.vote(code, answer, nonce));
      } catch (error) {
        if (error.code !== "too_soon") throw error;
        const shown = await this.#insist(() => this.server.markShown(code));
        await sleep(1000 * shown.wait);
        nonce = shown.nonce;
      }
    }
  }

  /**
   * Ask until the server answers: an answer that was given is never lost with the connection.
   * @template Answered
   * @param {() => Promise<Answered>} ask
   */
  async #insist(ask) {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!["offline", "busy"].includes(error.code)) throw error;
        this.trial?.say(`${error.message} Trying again; what you answered is kept.`, true);
        await sleep(RETRY_MS);
      }
    }
  }

  /**
   * A picture, fetched once; the oldest are forgotten.
   * @param {string} url
   */
  #load(url) {
    let loading = this.#loaded.get(url);
    if (!loading) {
      loading = loadPicture(url);
      this.#loaded.set(url, loading);
      loading.catch(() => this.#loaded.delete(url));
    }
    for (const old of [...this.#loaded.keys()].slice(0, -CACHED)) this.#loaded.delete(old);
    return loading;
  }

  #pause() {
    const following = this.#following;
    if (!following || !this.trial || this.trial.gate.state === "sent") return;
    this.#show(buildPause(following, () => this.#guard(() => this.#resume())));
  }

  async #resume() {
    await this.#go(await this.server.next());
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { target } = event;
    const isTyping = target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    const isButton = target instanceof HTMLButtonElement;
    if (!this.trial?.element.isConnected) return;
    // A focused button is pressed by Space and Enter, as everywhere.
    if (isButton && [" ", "Enter"].includes(event.key)) return;
    if (this.trial.press(event)) event.preventDefault();
  }

  /** @param {Element} element */
  #show(element) {
    this.root.replaceChildren(element);
    this.root.dataset.ready = "true";
    const first = element.querySelector("h1");
    if (first) {
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
    }
  }

  /** @param {() => Promise<void>} action */
  async #guard(action) {
    try {
      await action();
    } catch (error) {
      const hasVoted = this.trial !== null;
      this.trial = null;
      this.#show(buildProblem(error, () => location.reload(), hasVoted));
    }
  }
}

const keptName = (/** @type {string} */ link) => `study ${link}`;

/**
 * The personal link of who joined by this open link before, on this device.
 * @param {string} link
 */
function readKept(link) {
  try {
    return localStorage.getItem(keptName(link));
  } catch {
    return null;
  }
}

/**
 * @param {string} open
 * @param {string} personal
 */
function keepLink(open, personal) {
  try {
    localStorage.setItem(keptName(open), personal);
  } catch {
    // Without storage the address itself, which is personal from now on, is what to come back by.
  }
}

const root = /** @type {HTMLElement} */ (document.querySelector("#vote"));
new VotingPage(root).start();
