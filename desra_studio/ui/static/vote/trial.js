// One trial: the pictures, how to look at them, and the answers.

import { make } from "../shared/dom.js";
import { makeScheduler } from "../shared/frame.js";
import { Gate } from "./gate.js";
import { findAction, findAnswer, listAnswers } from "./keys.js";
import { Pane } from "./pane.js";
import { beginView, clampView, panView, zoomView } from "./view.js";

const MOVES = {
  "move left": [1, 0],
  "move right": [-1, 0],
  "move up": [0, 1],
  "move down": [0, -1],
};
const MOVE_PX = 48;
/** What one notch of a wheel sends at least; a touchpad sends many small ones. */
const WHEEL_STEP = 50;

export class TrialView {
  #trial = null;
  #pictures = [];
  #lr = null;
  #view = { scale: 1, x: 0, y: 0 };
  #isFlipped = false;
  #isHeld = false;
  #showsLr = false;
  #showsOutline = true;
  #feedback = null;
  #wheeled = 0;

  /**
   * @param {string} kind choice or prominence.
   * @param host { onVote(answer, gate), onPause(), loadLr(url) }.
   */
  constructor(kind, host) {
    this.kind = kind;
    this.host = host;
    this.panes = (kind === "choice" ? [1, -1] : [0]).map((side) => new Pane(side));
    this.schedule = makeScheduler(() => this.#draw());
    this.#build();
    this.#bindPointer();
    new ResizeObserver(() => this.schedule()).observe(this.stage);
  }

  #build() {
    this.question = make("h1", { tabIndex: -1 });
    this.progress = make("progress", { max: 1, value: 0 });
    this.position = make("span", { className: "position" });
    const pause = this.#tool("Pause", "P", () => this.host.onPause());
    this.stage = make("div", { className: "stage" }, ...this.panes.map(({ element }) => element));
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
      this.#tool("−", "", () => this.#zoom(-1), "Zoom out (-)"),
      this.scale,
      this.#tool("+", "", () => this.#zoom(1), "Zoom in (+)"),
      this.#tool("Native", "Z", () => this.#reset()),
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
      this.stage,
      this.footer,
    );
  }

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

  /** Show that a trial's pictures are on their way; what was shown before is gone. */
  begin(trial, { done, total }) {
    this.#trial = trial;
    this.gate = new Gate();
    this.#pictures = [];
    this.#lr = null;
    this.#isFlipped = this.#isHeld = this.#showsLr = false;
    this.#showsOutline = true;
    this.#feedback?.remove();
    this.#feedback = null;
    this.#view = beginView(trial, this.#view.scale);
    const isNew = this.question.textContent !== trial.question;
    this.question.textContent = trial.question;
    this.question.classList.toggle("new", isNew);
    this.progress.value = total ? done / total : 0;
    this.position.textContent = `${trial.training ? "Practice · " : ""}${done + 1} of ${total}`;
    this.lrTool.hidden = !trial.lr;
    this.element.dataset.trial = trial.code;
    this.#lock();
    this.say("Loading the pictures…");
    this.schedule();
  }

  /** All pictures are there; returns once they are on the screen. */
  async show(pictures) {
    this.#pictures = pictures;
    this.#draw();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }

  /** Voting opens after a wait that the server told. */
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

  say(text, isWrong = false) {
    this.status.textContent = text;
    this.status.classList.toggle("wrong", isWrong);
  }

  /** After practice: whether it was right; resolves as the voter goes on. */
  explain({ right, text }) {
    return new Promise((done) => {
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

  /** Handle a key; true where it did something. */
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
    const action = findAction(key);
    if (action in MOVES) {
      const [dx, dy] = MOVES[action];
      this.#move(dx * MOVE_PX, dy * MOVE_PX);
      return true;
    }
    const run = {
      "zoom in": () => this.#zoom(1),
      "zoom out": () => this.#zoom(-1),
      native: () => this.#reset(),
      flip: () => this.#toggleFlip(),
      lr: () => this.#toggleLr(),
      outline: () => this.#toggleOutline(),
      pause: () => this.host.onPause(),
    }[action];
    run?.();
    return Boolean(run);
  }

  release({ key }) {
    if (key === " ") this.#hold(false);
  }

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
    this.schedule();
  }

  #hold(isHeld) {
    if (this.kind === "choice" && this.#isHeld !== isHeld) {
      this.#isHeld = isHeld;
      this.schedule();
    }
  }

  async #toggleLr() {
    const trial = this.#trial;
    if (!trial.lr) return;
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
    this.schedule();
  }

  #toggleOutline() {
    this.#showsOutline = !this.#showsOutline;
    this.schedule();
  }

  #zoom(direction, point) {
    this.#look(zoomView(this.#view, direction, point));
  }

  #move(dx, dy) {
    this.#look(panView(this.#view, dx, dy));
  }

  #reset() {
    this.#look(beginView(this.#trial));
  }

  #look(view) {
    this.#view = clampView(view, this.#trial, this.panes[0].size);
    this.schedule();
  }

  #draw() {
    if (!this.#trial || !this.element.isConnected) return;
    const isSwapped = this.#isFlipped !== this.#isHeld;
    const outline = this.#showsOutline ? this.#trial.outline : null;
    const showsLr = this.#showsLr && this.#lr !== null;
    this.panes.forEach((pane, place) => {
      const shown = isSwapped ? this.panes.length - 1 - place : place;
      const picture = showsLr ? this.#lr : this.#pictures[shown];
      const name = this.kind === "choice" ? `Picture ${shown + 1}` : "Picture";
      pane.draw(picture ?? null, this.#view, outline);
      pane.caption.textContent = showsLr ? "Input, enlarged" : name;
      pane.canvas.ariaLabel = pane.caption.textContent;
      pane.element.classList.toggle("swapped", isSwapped && !showsLr);
    });
    this.scale.textContent = `${this.#view.scale * 100} %`;
    this.flipTool.ariaPressed = String(isSwapped);
    this.lrTool.ariaPressed = String(showsLr);
    this.outlineTool.ariaPressed = String(this.#showsOutline);
    this.element.dataset.drawn = this.#pictures.length ? this.#trial.code : "";
  }

  #bindPointer() {
    for (const pane of this.panes) {
      const { canvas } = pane;
      canvas.addEventListener("wheel", (event) => {
        event.preventDefault();
        const box = canvas.getBoundingClientRect();
        this.#wheeled -= event.deltaY;
        if (Math.abs(this.#wheeled) < WHEEL_STEP) return;
        const direction = Math.sign(this.#wheeled);
        this.#wheeled = 0;
        this.#zoom(direction, {
          x: (event.clientX - box.left - box.width / 2) * devicePixelRatio - pane.shift,
          y: (event.clientY - box.top - box.height / 2) * devicePixelRatio,
        });
      }, { passive: false });
      canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
      canvas.addEventListener("pointermove", (event) => {
        if (!canvas.hasPointerCapture(event.pointerId)) return;
        this.#move(event.movementX * devicePixelRatio, event.movementY * devicePixelRatio);
      });
    }
  }
}
