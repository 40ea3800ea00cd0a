// Where files are dropped or chosen, and sent. Its value is the upload that is to be imported, with
// the name of its dataset; `submit` asks the page to do so.

import { tellBytes } from "../shared/bytes.js";
import { announceChange, find, make } from "../shared/dom.js";
import { loadDatasets } from "./api.js";
import { makeChoice, listMissing, tellChoice, tellSeconds } from "./choice.js";
import { listChosen, listDropped } from "./dropping.js";
import { Pace, Sender } from "./sender.js";
import { UploadOffers } from "./upload_offers.js";
import { beginUpload, makePut } from "./upload_api.js";

/** @import { Props, Trigger } from "#types/shared" */
/** @import { Choice, ChosenFile, ImportedUpload } from "#types/uploads" */

const MOST_LETTERS = 190;
const REDRAW_MS = 500;
/** How often, in shares, a screen reader is told how far it is. */
const SAID_SHARE = 0.25;

/**
 * @param {Element} element
 * @param {Props<ImportedUpload>} props
 * @param {Trigger} trigger
 */
export function mount(element, props, trigger) {
  const root = find(element, ".studio-uploads", HTMLElement);
  if (root.childElementCount) return;
  new UploadZone(root, props, trigger).start();
}

class UploadZone {
  /** @type {Choice | null} */
  #choice = null;
  /** @type {Sender | null} */
  #sender = null;
  #trouble = 0;

  /**
   * @param {HTMLElement} root
   * @param {Props<ImportedUpload>} props
   * @param {Trigger} trigger
   */
  constructor(root, props, trigger) {
    this.root = root;
    this.props = props;
    this.trigger = trigger;
    this.folder = make("input", { type: "file", hidden: true, webkitdirectory: true });
    this.files = make("input", { type: "file", hidden: true, multiple: true });
    this.chooseFolder = makeButton("Choose a folder", () => this.folder.click());
    const chooseFiles = makeButton("Choose files", () => this.files.click());
    this.idle = make(
      "div",
      { className: "idle" },
      make("p", { className: "lead" }, "Drop a folder, images or a zip here"),
      make("div", { className: "buttons" }, this.chooseFolder, chooseFiles),
      this.folder,
      this.files,
    );
    this.title = make("p", { className: "lead" });
    this.what = make("p", { className: "what" });
    this.name = make("input", {
      type: "text",
      maxLength: MOST_LETTERS,
      spellcheck: false,
      onkeydown: ({ key }) => key === "Enter" && this.#send(),
    });
    this.into = make("select", { onchange: () => this.#showName() });
    this.go = makeButton("Import", () => this.#send(), "primary");
    const back = makeButton("Cancel", () => this.#forget());
    const target = make("label", {}, make("span", {}, "Into"), this.into);
    this.named = make("label", {}, make("span", {}, "Import as"), this.name);
    this.chosen = make(
      "div",
      { className: "chosen" },
      this.title,
      this.what,
      make("div", { className: "buttons" }, target, this.named, this.go, back),
    );
    this.sending = make("p", { className: "lead" });
    this.bar = make("progress", { max: 1, ariaLabel: "Sent" });
    this.pace = make("p", { className: "what" });
    this.halt = makeButton("Stop", () => this.#sender?.stop());
    this.moving = make(
      "div",
      { className: "moving" },
      this.sending,
      this.bar,
      this.pace,
      make("div", { className: "buttons" }, this.halt),
    );
    this.zone = make("div", { className: "zone" }, this.idle, this.chosen, this.moving);
    this.said = make("p", { className: "said", role: "status" });
    this.aloud = make("p", { className: "aloud", role: "status" });
    this.offers = new UploadOffers({
      onImport: (upload) => this.#submit(upload),
      onError: (error) => this.#say(error.message, true),
    });
    root.append(this.zone, this.said, this.aloud, this.offers.element);
    this.#show("idle");
  }

  start() {
    for (const field of [this.folder, this.files]) {
      field.addEventListener("change", () => {
        this.#take(listChosen(field.files));
        field.value = "";
      });
    }
    this.#hear("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // Not to be refused anywhere on the page: the browser would open the file in its place.
      event.preventDefault();
      this.zone.classList.toggle("over", !this.#sender);
    });
    this.#hear("dragleave", ({ relatedTarget }) => relatedTarget || this.#leave());
    this.#hear("drop", async (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.#leave();
      if (this.#sender) return this.#say(`${this.#choice?.name} is being sent. Stop that first.`, true);
      try {
        this.#take(await listDropped(event.dataTransfer));
      } catch (error) {
        this.#say(`What was dropped cannot be read: ${error.message}`, true);
      }
    });
    this.#hear("beforeunload", (event) => this.#sender && event.preventDefault());
    this.#hear("studio:upload", ({ detail: isStarted }) => this.#heardImport(isStarted));
    this.offers.load();
    this.root.dataset.ready = "true";
  }

  /**
   * Hear an event of the window for as long as this is on the page.
   * @param {string} name
   * @param {(event: any) => unknown} heard
   */
  #hear(name, heard) {
    /** @param {Event} event */
    const hear = (event) =>
      this.root.isConnected ? heard(event) : window.removeEventListener(name, hear);
    window.addEventListener(name, hear);
  }

  #leave() {
    this.zone.classList.remove("over");
  }

  /** @param {ChosenFile[]} files */
  #take(files) {
    this.#say("");
    try {
      this.#choice = makeChoice(files);
    } catch (error) {
      return this.#say(error.message, true);
    }
    this.title.textContent = this.#choice.name;
    this.what.textContent = tellChoice(this.#choice);
    this.name.value = this.#choice.dataset;
    this.#listTargets();
    this.#show("chosen");
    this.go.focus({ preventScroll: true });
  }

  /** Offer a new dataset, and those that are there. */
  async #listTargets() {
    this.into.replaceChildren(make("option", { value: "" }, "a new dataset"));
    this.#showName();
    try {
      const { datasets } = await loadDatasets();
      const options = datasets.map(({ id, name }) => make("option", { value: String(id) }, name));
      this.into.append(...options);
    } catch (error) {
      this.#say(error.message, true);
    }
  }

  /** A dataset that is there has its name. */
  #showName() {
    this.named.hidden = this.into.value !== "";
    this.go.textContent = this.into.value ? "Add" : "Import";
  }

  #forget() {
    this.#choice = null;
    this.#say("");
    this.#show("idle");
    this.chooseFolder.focus({ preventScroll: true });
    this.offers.load();
  }

  async #send() {
    const choice = this.#choice;
    if (!choice || this.#sender) return;
    this.#say("");
    this.go.disabled = true;
    try {
      const upload = await beginUpload(choice);
      this.#sender = new Sender(listMissing(choice.files, upload), {
        put: makePut(upload.id),
        pause,
        onTrouble: (seconds) => (this.#trouble = seconds && Date.now() + 1000 * seconds),
      });
      await this.#watch(this.#sender, upload.here, upload.size);
      const into = this.into.value ? Number(this.into.value) : null;
      this.#submit({ id: upload.id, name: this.name.value, into });
    } catch (error) {
      const isStopped = this.#sender?.stopped && error.name === "AbortError";
      this.#say(isStopped ? "Stopped. Import again to go on from there." : error.message, !isStopped);
      this.#show("chosen");
      this.go.focus({ preventScroll: true });
    }
    this.#sender = null;
    this.#trouble = 0;
    this.go.disabled = false;
  }

  /**
   * Send, and show how far it is.
   * @param {Sender} sender
   * @param {number} before bytes that were there.
   * @param {number} size
   */
  async #watch(sender, before, size) {
    const pace = new Pace();
    const count = sender.left;
    let said = 0;
    this.sending.textContent = `Sending ${this.#choice?.name}`;
    const draw = () => {
      const here = before + sender.sent;
      pace.mark(performance.now(), here);
      const share = size ? here / size : 1;
      this.bar.value = share;
      this.pace.textContent = this.#tellPace(here, size, pace.rate, count - sender.left, count);
      if (share >= said + SAID_SHARE && share < 1) {
        said = Math.floor(share / SAID_SHARE) * SAID_SHARE;
        this.aloud.textContent = `${Math.round(100 * said)} % are sent.`;
      }
    };
    draw();
    this.#show("moving");
    this.halt.focus({ preventScroll: true });
    const timer = setInterval(draw, REDRAW_MS);
    try {
      await sender.run();
    } finally {
      clearInterval(timer);
    }
    draw();
  }

  /**
   * @param {number} here
   * @param {number} size
   * @param {number} rate
   * @param {number} done
   * @param {number} count
   */
  #tellPace(here, size, rate, done, count) {
    const told = [`${tellBytes(here)} of ${tellBytes(size)}`];
    if (count > 1) told.push(`${done.toLocaleString("en")} of ${count.toLocaleString("en")} files`);
    if (this.#trouble) {
      const seconds = Math.max(0, Math.ceil((this.#trouble - Date.now()) / 1000));
      told.push(`the server cannot be reached, next try in ${seconds} s`);
    } else if (rate > 0) {
      told.push(`${tellBytes(Math.round(rate))}/s`, `${tellSeconds((size - here) / rate)} left`);
    }
    return told.join(" · ");
  }

  /** @param {ImportedUpload} upload */
  #submit(upload) {
    this.#say("");
    this.props.value = upload;
    this.trigger("submit");
  }

  /** @param {boolean} isStarted */
  #heardImport(isStarted) {
    if (isStarted) {
      this.#choice = null;
      this.#say("Everything is sent. How far the import is stands below.");
      announceChange();
    }
    this.#show(this.#choice ? "chosen" : "idle");
    this.offers.load();
  }

  /** @param {"idle" | "chosen" | "moving"} state */
  #show(state) {
    this.zone.dataset.state = state;
    for (const part of [this.idle, this.chosen, this.moving]) {
      part.hidden = part.className !== state;
    }
    this.offers.element.hidden = state !== "idle";
  }

  /** @param {string} text */
  #say(text, isWrong = false) {
    this.said.textContent = text;
    this.said.classList.toggle("wrong", isWrong);
  }
}

/**
 * @param {string} text
 * @param {() => unknown} onclick
 */
const makeButton = (text, onclick, className = "") =>
  make("button", { type: "button", className, onclick }, text);

/**
 * Wait; ends at once where it is stopped or the network is back.
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
const pause = (ms, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
