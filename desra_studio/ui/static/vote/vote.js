// The voting page: agree, check the display, vote, pause, the end. It knows nothing of a study but
// its pictures by codes, and tells nothing to anybody but the server that it came from.

import { Refusal, loadPicture, openLink } from "./api.js";
import { measureDisplay } from "./display.js";
import { buildConsent, buildDisplayCheck, buildDone, buildPause, buildProblem } from "./screens.js";
import { TrialView } from "./trial.js";

const RETRY_MS = 2000;
const CACHED = 8;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const readDisplay = () =>
  measureDisplay({
    devicePixelRatio,
    innerWidth,
    innerHeight,
    outerWidth,
    scale: globalThis.visualViewport?.scale ?? 1,
  });

class VotingPage {
  #loaded = new Map();
  #following = null;

  constructor(root) {
    this.root = root;
    this.#use(root.dataset.link);
    addEventListener("keydown", (event) => this.#onKey(event));
    addEventListener("keyup", (event) => this.trial?.release(event));
  }

  #use(link) {
    this.link = link;
    this.server = openLink(link);
  }

  async start() {
    await this.#guard(() => this.#arrive());
  }

  /** Where this voter stands; who comes by the open link goes on by their own. */
  async #arrive() {
    this.session = await this.#describe();
    document.title = this.session.title;
    const { state } = this.session;
    if (state === "closed") {
      throw new Refusal({ code: "closed", error: "This study is over, or has not begun yet." });
    }
    if (state === "done") return this.#show(buildDone());
    const isNew = state !== "running";
    if (isNew) return this.#show(buildConsent(this.session, () => this.#checkDisplay()));
    return this.#checkDisplay();
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

  #checkDisplay() {
    this.#show(buildDisplayCheck(readDisplay, (display) => this.#guard(() => this.#begin(display))));
  }

  async #begin(display) {
    if (this.session.state === "join") {
      const { link } = await this.server.join();
      keepLink(this.link, link);
      this.#use(link);
      history.replaceState(null, "", `/vote/${link}`);
      this.session.state = "consent";
    }
    const { next } = await this.server.begin(display);
    this.trial = new TrialView(this.session.kind, {
      onVote: (answer, gate) => this.#guard(() => this.#vote(answer, gate)),
      onPause: () => this.#pause(),
      loadLr: (url) => this.#load(url),
    });
    await this.#go(next);
  }

  /** Show the next trial, or the end. */
  async #go(following) {
    this.#following = following;
    const { trial } = following;
    if (!trial) {
      this.trial = null;
      return this.#show(buildDone());
    }
    const { trial: view } = this;
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

  async #vote(answer, gate) {
    const { code } = this.#following.trial;
    let answered;
    try {
      answered = await this.#cast(code, answer, gate.nonce);
    } catch (error) {
      if (error.code !== "already") throw error;
      answered = { feedback: null, next: await this.server.next() };
    }
    if (answered.feedback) await this.trial.explain(answered.feedback);
    await this.#go(answered.next);
  }

  /** Send an answer; where the server's clock went back meanwhile, show and wait once more. */
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

  /** Ask until the server answers: an answer that was given is never lost with the connection. */
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

  /** A picture, fetched once; the oldest are forgotten. */
  #load(url) {
    if (!this.#loaded.has(url)) {
      this.#loaded.set(url, loadPicture(url));
      this.#loaded.get(url).catch(() => this.#loaded.delete(url));
    }
    for (const old of [...this.#loaded.keys()].slice(0, -CACHED)) this.#loaded.delete(old);
    return this.#loaded.get(url);
  }

  #pause() {
    if (!this.trial || this.trial.gate.state === "sent") return;
    const following = this.#following;
    this.#show(buildPause(following, () => this.#guard(() => this.#resume())));
  }

  async #resume() {
    await this.#go(await this.server.next());
  }

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

  #show(element) {
    this.root.replaceChildren(element);
    this.root.dataset.ready = "true";
    const first = element.querySelector("h1");
    if (first) {
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
    }
  }

  async #guard(action) {
    try {
      await action();
    } catch (error) {
      this.trial = null;
      this.#show(buildProblem(error, () => location.reload()));
    }
  }
}

const keptName = (link) => `study ${link}`;

/** The personal link of who joined by this open link before, on this device. */
function readKept(link) {
  try {
    return localStorage.getItem(keptName(link));
  } catch {
    return null;
  }
}

function keepLink(open, personal) {
  try {
    localStorage.setItem(keptName(open), personal);
  } catch {
    // Without storage the address itself, which is personal from now on, is what to come back by.
  }
}

const root = document.querySelector("#vote");
new VotingPage(root).start();
