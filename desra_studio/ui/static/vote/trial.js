// One trial: the pictures, how to look at them, and the answers.

import { make } from "../shared/dom.js";
import { listViewKeys } from "../viewer/view_keys.js";
import { Gate } from "./gate.js";
import { findAction, findAnswer, listAnswers } from "./keys.js";
import { VotePanes } from "./panes.js";

/** @import { Kind } from "#types/studies" */
/** @import { Answer, Feedback, ShownMark, ShownTrial, VotingProgress } from "#types/vote" */

export class TrialView {
  /** @type {ShownTrial | null} */
  #trial = null;
  /** @type {ImageBitmap[]} */
  #pictures = [];
  /** @type {ImageBitmap | null} */
  #lr = null;
  #isFlipped = false;
  #isHeld = false;
  #showsLr = false;
  #showsOutline = true;
  /** @type {HTMLElement | null} */
  #feedback = null;
  gate = new Gate();

  /**
   * @param {Kind} kind
   * @param {{
   *   onVote(answer: Answer, gate: Gate): void,
   *   onPause(): void,
   *   loadLr(url: string): Promise<ImageBitmap>,
   * }} host hears of answers, and loads the LR picture.
   */
  constructor(kind, host) {
    this.kind = kind;
    this.host = host;
    this.panes = new VotePanes(kind === "choice" ? 2 : 1, () => this.#describe());
    this.viewKeys = listViewKeys(this.panes);
    this.question = make("h1", { tabIndex: -1 });
    this.progress = make("progress", { max: 1, value: 0 });
    this.position = make("span", { className: "position" });
    const pause = this.#tool("Pause", "P", () => this.host.onPause());
    this.status = make("p", { className: "status", role: "status" });
    this.buttons = listAnswers(this.kind).map(({ answer, text, key }) => {
      const button = make(
        "button",
        { className: "answer", disabled: true, onclick: () => this.#choose(answer) },
        text,
        make("kbd", {}, key),
      );
      button.dataset.answer = answer;
      return button;
    });
    this.flipTool = this.#tool("Flip", "Space", () => this.#toggleFlip());
    this.lrTool = this.#tool("Input", "L", () => this.#toggleLr());
    this.lrTool.title = "The small picture that the others were made from, enlarged";
    this.outlineTool = this.#tool("Outline", "O", () => this.#toggleOutline());
    this.scale = make("output", {});
    const tools = [
      this.#tool("−", "", () => this.panes.step(-1), "Zoom out (-)"),
      this.scale,
      this.#tool("+", "", () => this.panes.step(1), "Zoom in (+)"),
      this.#tool("1:1", "Z", () => this.panes.showActualSize()),
      this.#tool("Fit", "W", () => this.panes.fit()),
      ...(this.kind === "choice" ? [this.flipTool] : [this.outlineTool]),
      this.lrTool,
    ];
    this.footer = make(
      "footer",
      {},
      make("div", { className: "answers" }, ...this.buttons),
      this.status,
      make("div", { className: "tools", role: "group", ariaLabel: "View" }, ...tools),
    );
    this.element = make(
      "div",
      { className: "trial" },
      make("header", {}, this.question, this.position, pause, this.progress),
      this.panes.element,
      this.footer,
    );
  }

  /**
   * @param {string} text
   * @param {string} key
   * @param {() => void} onclick
   */
  #tool(text, key, onclick, title = "") {
    const button = make("button", { title: title || text }, text);
    button.addEventListener("click", (event) => {
      // After a click with the mouse, Space flips again instead of pressing the button once more.
      if (event.detail) button.blur();
      onclick();
    });
    if (title) button.ariaLabel = title;
    if (key) button.append(make("kbd", {}, key));
    return button;
  }

  /**
   * Show that a trial's pictures are on their way; what was shown before is gone.
   * @param {ShownTrial} trial
   * @param {VotingProgress} progress
   */
  begin(trial, { done, total }) {
    this.#trial = trial;
    this.gate = new Gate();
    this.#pictures = [];
    this.#lr = null;
    this.#isFlipped = this.#isHeld = this.#showsLr = false;
    this.#showsOutline = true;
    this.#feedback?.remove();
    this.#feedback = null;
    this.panes.begin(trial);
    const isNew = this.question.textContent !== trial.question;
    this.question.textContent = trial.question;
    this.question.classList.toggle("new", isNew);
    this.progress.value = total ? done / total : 0;
    this.position.textContent = `${trial.training ? "Practice · " : ""}${done + 1} of ${total}`;
    this.lrTool.hidden = !trial.lr;
    this.element.dataset.trial = trial.code;
    this.#lock();
    this.say("Loading the pictures…");
    this.#arrange();
  }

  /**
   * All pictures are there; returns once they are on the screen.
   * @param {ImageBitmap[]} pictures
   */
  async show(pictures) {
    this.#pictures = pictures;
    this.#arrange();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }

  /**
   * Voting opens after a wait that the server told.
   * @param {ShownMark} shown
   */
  open(shown) {
    const { gate } = this;
    gate.show(shown, performance.now());
    const look = () => {
      if (gate !== this.gate) return;
      const left = gate.tick(performance.now());
      if (left > 0) {
        this.say("Look at the pictures first…");
        setTimeout(look, left);
      } else if (gate.state === "open") {
        for (const button of this.buttons) button.disabled = false;
        this.say("");
      }
    };
    look();
  }

  /** @param {string} text */
  say(text, isWrong = false) {
    this.status.textContent = text;
    this.status.classList.toggle("wrong", isWrong);
  }

  /**
   * After practice: whether it was right; resolves as the voter goes on.
   * @param {Feedback} feedback
   */
  explain({ right, text }) {
    return new Promise((/** @type {(value: void) => void} */ done) => {
      const go = make("button", { className: "primary", onclick: () => done() }, "Go on");
      go.append(make("kbd", {}, "Enter"));
      const sign = make("strong", {}, right ? "✓ " : "✗ ");
      this.#feedback = make("div", { className: "feedback", role: "alert" }, sign, text, go);
      this.#feedback.classList.toggle("right", right);
      this.footer.append(this.#feedback);
      this.say("");
      go.focus();
    });
  }

  /**
   * Handle a key; true where it did something.
   * @param {KeyboardEvent} event
   */
  press({ key, repeat }) {
    if (this.#feedback) return false;
    const answer = findAnswer(this.kind, key);
    if (answer) {
      if (!repeat) this.#choose(answer);
      return true;
    }
    if (key === " ") {
      if (!repeat) this.#hold(true);
      return true;
    }
    /** @type {Record<string, () => void>} */
    const actions = {
      native: () => this.panes.showActualSize(),
      whole: () => this.panes.fit(),
      flip: () => this.#toggleFlip(),
      lr: () => this.#toggleLr(),
      outline: () => this.#toggleOutline(),
      pause: () => this.host.onPause(),
    };
    const run = actions[findAction(key) ?? ""] ?? this.viewKeys[key.toLowerCase()];
    run?.();
    return Boolean(run);
  }

  /** @param {KeyboardEvent} event */
  release({ key }) {
    if (key === " ") this.#hold(false);
  }

  /** @param {Answer} answer */
  #choose(answer) {
    if (!this.gate.take()) return;
    this.#lock();
    this.buttons.find((button) => button.dataset.answer === answer)?.classList.add("chosen");
    this.host.onVote(answer, this.gate);
  }

  #lock() {
    for (const button of this.buttons) {
      button.disabled = true;
      button.classList.remove("chosen");
    }
  }

  #toggleFlip() {
    if (this.kind !== "choice") return;
    this.#isFlipped = !this.#isFlipped;
    this.#arrange();
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    if (this.kind === "choice" && this.#isHeld !== isHeld) {
      this.#isHeld = isHeld;
      this.#arrange();
    }
  }

  async #toggleLr() {
    const trial = this.#trial;
    if (!trial?.lr) return;
    this.#showsLr = !this.#showsLr;
    if (this.#showsLr && !this.#lr) {
      try {
        const picture = await this.host.loadLr(trial.lr);
        if (trial === this.#trial) this.#lr = picture;
      } catch (error) {
        this.#showsLr = false;
        this.say(error.message, true);
      }
    }
    this.#arrange();
  }

  #toggleOutline() {
    this.#showsOutline = !this.#showsOutline;
    this.#arrange();
  }

  /** Let the panes show what was chosen. */
  #arrange() {
    const isSwapped = this.#isFlipped !== this.#isHeld;
    const lr = this.#showsLr ? this.#lr : null;
    const showsLr = lr !== null;
    this.panes.show({
      pictures: lr ? this.#pictures.map(() => lr) : this.#pictures,
      names: this.#name(showsLr),
      isSwapped,
      marksSwap: isSwapped && !showsLr,
      outline: this.#showsOutline && this.#trial ? this.#trial.outline : null,
    });
    this.flipTool.ariaPressed = String(isSwapped);
    this.lrTool.ariaPressed = String(showsLr);
    this.outlineTool.ariaPressed = String(this.#showsOutline);
  }

  /** @param {boolean} showsLr */
  #name(showsLr) {
    if (showsLr) return ["Input, enlarged", "Input, enlarged"];
    return this.kind === "choice" ? ["Picture 1", "Picture 2"] : ["Picture"];
  }

  /** Say what was drawn. */
  #describe() {
    if (!this.#trial || !this.panes.view) return;
    this.scale.textContent = `${this.panes.view.scale * 100} %`;
    this.element.dataset.drawn = this.#pictures.length ? this.#trial.code : "";
  }
}
