// The Review page: queue, tools, keys and verdicts around the panes.

import { loadLoop, loadQueue, Refusal } from "./api.js";
import { forgetDocument, hasUnsaved, openDocument } from "./document.js";
import { addressed, announceChange, make, pageAddress } from "./dom.js";
import { Panes } from "./panes.js";

const STATES = {
  unreviewed: "○",
  "in progress": "◐",
  accepted: "●",
  clean: "✓",
  skipped: "–",
};
const RADII = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];

export function mount(element) {
  const root = element.querySelector(".studio-review");
  if (root.childElementCount) return;
  new ReviewPage(root).start();
}

class ReviewPage {
  tool = "brush";
  radiusIndex = RADII.indexOf(8);
  spaceHeld = false;
  busy = false;
  loading = false;
  queue = [];
  document = null;
  wanted = null;

  constructor(root) {
    this.root = root;
    root.tabIndex = 0;
    root.setAttribute("aria-label", "Review; press ? for the keys");
    this.panes = new Panes({
      radius: () => RADII[this.radiusIndex],
      value: () => (this.tool === "brush" ? 1 : 0),
      opacity: () => Number(this.opacity.value),
      maskShown: () => !this.maskHidden.checked,
      locked: () => this.loading,
      onPress: () => this.root.focus({ preventScroll: true }),
      panning: () => this.tool === "pan" || this.spaceHeld,
      onEdit: () => this.afterEdit(),
      onPoint: (point) => this.describePoint(point),
    });
    this.#build();
    this.#bindKeys();
    window.addEventListener("beforeunload", (event) => {
      if (root.isConnected && hasUnsaved()) event.preventDefault();
    });
  }

  async start() {
    try {
      const loop = await loadLoop(addressed("dataset"));
      if (!loop.dataset) return this.showEmpty();
      this.dataset = loop.dataset;
      this.queue = await loadQueue(loop.dataset);
      this.#fillQueue();
      const wanted = Number(addressed("image"));
      const first =
        this.queue.find(({ id }) => id === wanted) ?? this.queue.find(isOpen) ?? this.queue[0];
      await this.open(first.id);
      this.root.focus({ preventScroll: true });
    } catch (error) {
      this.say(error.message, true);
    }
    this.root.dataset.ready = "true";
  }

  showEmpty() {
    this.root.replaceChildren(
      make(
        "div",
        { className: "empty" },
        make("h2", {}, "Nothing to review yet"),
        make(
          "p",
          {},
          "Review shows GAN-SR beside MSE-SR, with the artifacts that the detector found. " +
            "You correct the mask; what you accept becomes a manual label.",
        ),
        make("a", { className: "primary", href: pageAddress("/") }, "Import a folder"),
      ),
    );
    this.root.dataset.ready = "true";
  }

  /** Open an image of the queue; unsaved changes of the one before are saved first. */
  async open(id) {
    this.wanted = this.busy ? id : null;
    if (this.busy || this.document?.record.id === id) return;
    // From here on a stroke would be painted on an image that is about to go.
    this.loading = true;
    try {
      if (this.document?.dirty && !(await this.#attempt(() => this.document.save()))) return;
      this.#setBusy(true);
      this.document = await openDocument(id);
    } catch (error) {
      return this.say(error.message, true);
    } finally {
      this.loading = false;
      this.#setBusy(false);
    }
    this.panes.show(this.document);
    history.replaceState(null, "", pageAddress("/review", { dataset: this.dataset, image: id }));
    this.say("");
    this.describe();
    // Somebody chose another image while this one was loading.
    if (this.wanted) await this.open(this.wanted);
  }

  async save() {
    if (!(await this.#attempt(() => this.document.save()))) this.wanted = null;
    if (this.wanted) await this.open(this.wanted);
  }

  /** Accept the mask; one that marks nothing says that the image is clean. */
  async accept() {
    await this.judge(this.document.area ? "accepted" : "clean");
  }

  async markClean() {
    if (this.busy) return;
    if (this.document.area) {
      this.document.clear();
      this.panes.invalidate();
    }
    await this.judge("clean");
  }

  async judge(state) {
    const judged = this.document.record.id;
    if (!(await this.#attempt(() => this.document.judge(state)))) {
      this.wanted = null;
      return;
    }
    const next = this.wanted ?? this.#findNextOpen(judged)?.id;
    if (next) await this.open(next);
    else this.#sayFinished();
  }

  async step(offset) {
    const index = this.queue.findIndex(({ id }) => id === this.document.record.id) + offset;
    if (this.queue[index]) await this.open(this.queue[index].id);
    else this.say(offset > 0 ? "This is the last image." : "This is the first image.");
  }

  undo(again = false) {
    const changed = again ? this.document.redo() : this.document.undo();
    this.panes.invalidate();
    this.afterEdit();
    if (!changed) this.say(`Nothing to ${again ? "redo" : "undo"}.`);
  }

  afterEdit() {
    this.say("");
    this.describe();
  }

  choose(tool) {
    this.tool = tool;
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    this.root.dataset.tool = tool;
    this.panes.invalidate();
  }

  resize(step) {
    this.radiusIndex = Math.min(RADII.length - 1, Math.max(0, this.radiusIndex + step));
    this.size.value = this.radiusIndex;
    this.sizeText.textContent = `${2 * RADII[this.radiusIndex]} px`;
    this.panes.invalidate();
  }

  toggleMask() {
    this.maskHidden.checked = !this.maskHidden.checked;
    this.panes.invalidate();
  }

  toggleZoom() {
    if (Math.abs(this.panes.view.scale - 1) < 1e-6) this.panes.fit();
    else this.panes.showActualSize();
    this.describe();
  }

  /** Say something; with nothing to say, what the image is about. */
  say(text, wrong = false, ...links) {
    this.message.replaceChildren(text || this.#summarize(), ...links);
    this.message.classList.toggle("wrong", wrong);
    this.message.setAttribute("role", wrong ? "alert" : "status");
  }

  describe() {
    const { record, dirty } = this.document;
    const item = this.queue.find(({ id }) => id === record.id);
    if (item) item.state = record.state;
    const position = this.queue.indexOf(item) + 1;
    this.position.textContent = `${position}/${this.queue.length}`;
    this.name.textContent = record.name;
    this.state.textContent = record.state;
    this.saved.textContent = describeSaved(record, dirty);
    this.saved.classList.toggle("unsaved", dirty);
    this.saveButton.disabled = this.busy || (!dirty && record.revision !== null);
    this.undoButton.disabled = this.document.history.done.length === 0;
    this.redoButton.disabled = this.document.history.undone.length === 0;
    this.root.dataset.image = record.id;
    this.root.dataset.saved = dirty ? "" : String(record.revision?.number ?? "");
    if (item) this.#pointQueueTo(item);
  }

  describePoint(point) {
    const { width, height } = this.document ?? {};
    const x = Math.floor(point?.x ?? -1);
    const y = Math.floor(point?.y ?? -1);
    const inside = point && x >= 0 && y >= 0 && x < width && y < height;
    this.probe.textContent = inside
      ? `x ${x}  y ${y}   GAN ${this.#readPixel(this.document.gan, x, y)}   ` +
        `MSE ${this.#readPixel(this.document.mse, x, y)}`
      : "";
  }

  /** Run a save or a verdict: one at a time, with what went wrong in words. */
  async #attempt(action) {
    if (this.busy) return false;
    this.#setBusy(true);
    this.say("Saving …");
    let done = false;
    try {
      await action();
      this.say("");
      done = true;
    } catch (error) {
      if (error instanceof Refusal && error.status === 409) this.#sayStale(error);
      else this.say(`Not saved. ${error.message}`, true);
    }
    this.#setBusy(false);
    this.describe();
    announceChange();
    return done;
  }

  /** While an image loads or a save is answered no verdict is taken: it could hit the wrong image. */
  #setBusy(busy) {
    this.busy = busy;
    this.root.setAttribute("aria-busy", String(busy));
    for (const button of this.verdicts) button.setAttribute("aria-disabled", String(busy));
  }

  #sayStale(error) {
    const { record } = this.document;
    const theirs = make("button", { className: "link" }, "Show theirs");
    theirs.addEventListener("click", () => {
      forgetDocument(record.id);
      this.document = null;
      this.open(record.id);
    });
    const mine = make("button", { className: "link" }, "Make mine the current one");
    mine.addEventListener("click", () => {
      record.version = error.answer.version;
      this.save();
    });
    this.say(`${error.message} `, true, theirs, " ", mine);
  }

  #sayFinished() {
    const accepted = this.queue.filter(({ state }) => state === "accepted").length;
    this.say(
      `All ${this.queue.length} images are reviewed, ${accepted} accepted. `,
      false,
      make("a", { href: pageAddress("/fine-tune", { dataset: this.dataset }) }, "Go on to fine-tuning"),
    );
  }

  #summarize() {
    if (!this.document) return "";
    const { record, area, width, height } = this.document;
    const { regions } = this.queue.find(({ id }) => id === record.id) ?? {};
    const share = ((100 * area) / (width * height)).toFixed(1);
    const detected = record.detection
      ? `${regions} artifact${regions === 1 ? "" : "s"} detected`
      : "Not detected yet";
    const advice = area
      ? "paint what was missed, erase what is no artifact, then accept"
      : "nothing is marked: paint what was missed, or call it clean";
    return `${detected} · ${share} % marked · ${advice}`;
  }

  #findNextOpen(id) {
    const index = this.queue.findIndex((item) => item.id === id);
    return [...this.queue.slice(index + 1), ...this.queue.slice(0, index)].find(isOpen);
  }

  #readPixel(pyramid, x, y) {
    this.probeCanvas ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    this.probeCanvas.drawImage(pyramid.levels[0], x, y, 1, 1, 0, 0, 1, 1);
    return [...this.probeCanvas.getImageData(0, 0, 1, 1).data.subarray(0, 3)].join(" ");
  }

  /** Fill the queue once; after that only what changes is touched, however long it is. */
  #fillQueue() {
    this.items = new Map(this.queue.map((item) => [item.id, this.#makeItem(item)]));
    this.list.replaceChildren(...[...this.items.values()].map((button) => make("li", {}, button)));
    for (const item of this.queue) this.#markItem(item);
  }

  #makeItem(item) {
    const button = make(
      "button",
      {},
      make("span", { className: "mark" }),
      make("span", { className: "name" }, item.name),
      make("span", { className: "count" }, `${item.regions || ""}`),
    );
    this.#onClick(button, () => this.open(item.id));
    return button;
  }

  #markItem(item) {
    const button = this.items.get(item.id);
    button.title = `${item.name}: ${item.state}, ${item.regions} artifacts detected`;
    button.firstChild.textContent = STATES[item.state];
    button.firstChild.ariaLabel = item.state;
  }

  #pointQueueTo(item) {
    this.#markItem(item);
    const before = this.list.querySelector("[aria-current]");
    const button = this.items.get(item.id);
    if (before === button) return;
    before?.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    button.scrollIntoView({ block: "nearest" });
    if (before === window.document.activeElement) button.focus();
  }

  #button(label, key, action, properties = {}) {
    const button = make(
      "button",
      { title: `${label} (${key})`, ...properties },
      make("span", {}, label),
      make("kbd", {}, key),
    );
    this.#onClick(button, action);
    return button;
  }

  #onClick(button, action) {
    button.addEventListener("click", (event) => {
      // After a click with the mouse the keys go on working; with the keyboard focus stays.
      if (event.detail) this.root.focus({ preventScroll: true });
      if (this.document) action();
    });
  }

  #build() {
    this.position = make("span", { className: "position" });
    this.name = make("strong", { className: "name" });
    this.state = make("span", { className: "state" });
    this.saved = make("span", { className: "saved" });
    this.message = make("div", { className: "message", role: "status" });
    this.saveButton = this.#button("Save", "Ctrl+S", () => this.save());
    this.verdicts = [
      this.#button("Skip", "S", () => this.judge("skipped")),
      this.#button("Clean", "C", () => this.markClean()),
      this.#button("Accept", "Enter", () => this.accept(), { className: "primary" }),
    ];
    this.undoButton = this.#button("Undo", "Ctrl+Z", () => this.undo());
    this.redoButton = this.#button("Redo", "Ctrl+Y", () => this.undo(true));
    const tools = [
      ["brush", "Brush", "B"],
      ["eraser", "Eraser", "E"],
      ["pan", "Pan", "Space"],
    ].map(([tool, label, key]) => {
      const button = this.#button(label, key, () => this.choose(tool));
      button.dataset.tool = tool;
      return button;
    });
    this.size = make("input", {
      type: "range",
      min: 0,
      max: RADII.length - 1,
      step: 1,
      ariaLabel: "Brush size",
    });
    this.size.addEventListener("input", () => this.resize(Number(this.size.value) - this.radiusIndex));
    this.size.addEventListener("pointerup", () => this.root.focus({ preventScroll: true }));
    this.sizeText = make("output");
    this.opacity = make("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.05,
      value: 0.45,
      ariaLabel: "Opacity of the mask",
    });
    this.opacity.addEventListener("input", () => this.panes.invalidate());
    this.opacity.addEventListener("pointerup", () => this.root.focus({ preventScroll: true }));
    this.maskHidden = make("input", { type: "checkbox" });
    this.maskHidden.addEventListener("change", () => this.panes.invalidate());
    this.probe = make("span", { className: "probe" });
    this.list = make("ol");
    this.keys = this.#buildKeys();
    this.root.append(
      make(
        "div",
        { className: "bar" },
        this.#button("Previous", "A", () => this.step(-1)),
        this.#button("Next", "D", () => this.step(1)),
        this.position,
        this.name,
        this.state,
        make("span", { className: "gap" }),
        this.saved,
        this.saveButton,
        ...this.verdicts,
      ),
      this.message,
      make(
        "div",
        { className: "stage" },
        make("div", { className: "tools", role: "toolbar", ariaLabel: "Tools" }, ...tools, this.undoButton, this.redoButton),
        this.panes.element,
        make("aside", { ariaLabel: "Queue" }, this.list),
      ),
      make(
        "div",
        { className: "bar bottom" },
        make("label", {}, "Size", this.size, this.sizeText),
        make("label", {}, "Opacity", this.opacity),
        make("label", {}, this.maskHidden, "Hide mask", make("kbd", {}, "H")),
        this.#button("Fit / 1:1", "Z", () => this.toggleZoom()),
        this.#button("Keys", "?", () => this.keys.showModal()),
        make("span", { className: "gap" }),
        this.probe,
      ),
      this.keys,
    );
    this.choose("brush");
    this.resize(0);
  }

  #buildKeys() {
    const rows = [
      ["B / E", "brush, eraser"],
      ["[ / ]", "smaller, larger"],
      ["Space or middle button", "pan while held"],
      ["Arrow keys", "pan"],
      ["Wheel, + / −", "zoom at the pointer"],
      ["Z", "fit, 1:1"],
      ["H", "hide or show the mask"],
      ["Ctrl+Z, Ctrl+Y or Ctrl+Shift+Z", "undo, redo"],
      ["Ctrl+S", "save as a new revision"],
      ["A / D", "previous, next image"],
      ["Enter", "accept the mask and go on"],
      ["C", "clean: nothing to mark, and go on"],
      ["S", "skip, and go on"],
    ];
    const sheet = make("dialog", { className: "keys", ariaLabel: "Keys" });
    sheet.append(
      make("h2", {}, "Keys"),
      make("dl", {}, ...rows.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)])),
      make("button", { className: "primary", onclick: () => sheet.close() }, "Close"),
    );
    return sheet;
  }

  #bindKeys() {
    const plain = {
      b: () => this.choose("brush"),
      e: () => this.choose("eraser"),
      "[": () => this.resize(-1),
      "]": () => this.resize(1),
      h: () => this.toggleMask(),
      z: () => this.toggleZoom(),
      a: () => this.step(-1),
      d: () => this.step(1),
      c: () => this.markClean(),
      s: () => this.judge("skipped"),
      enter: () => this.accept(),
      "+": () => this.panes.zoom(1.25),
      "=": () => this.panes.zoom(1.25),
      "-": () => this.panes.zoom(0.8),
      arrowleft: () => this.panes.pan(60, 0),
      arrowright: () => this.panes.pan(-60, 0),
      arrowup: () => this.panes.pan(0, 60),
      arrowdown: () => this.panes.pan(0, -60),
      "?": () => this.keys.showModal(),
    };
    const withControl = {
      s: () => this.save(),
      z: () => this.undo(),
      y: () => this.undo(true),
      "shift+z": () => this.undo(true),
    };
    this.root.addEventListener("keydown", (event) => {
      if (!this.document || event.altKey || this.keys.open || typesText(event.target)) return;
      if (this.panes.stroke) return event.preventDefault(); // a stroke ends before anything else
      const key = event.key.toLowerCase();
      const onControl = event.target.matches("button, a, input");
      if (key === " " && !onControl) {
        this.spaceHeld = true;
        event.preventDefault();
        return this.panes.invalidate();
      }
      const control = event.ctrlKey || event.metaKey;
      const action = control ? withControl[event.shiftKey ? `shift+${key}` : key] : plain[key];
      // On a button or slider its own keys come first.
      // A key held down must not judge images that nobody has seen.
      if (event.repeat && /^(enter|c|s)$/.test(key)) return event.preventDefault();
      if (!action || (onControl && !control && /^(enter|arrow)/.test(key))) return;
      event.preventDefault();
      action();
    });
    this.root.addEventListener("keyup", (event) => {
      if (event.key === " ") this.spaceHeld = false;
    });
    window.addEventListener("blur", () => (this.spaceHeld = false));
  }
}

const isOpen = ({ state }) => state === "unreviewed" || state === "in progress";

const typesText = (target) =>
  target.matches("textarea, select, input:not([type=range], [type=checkbox])");

function describeSaved({ revision }, dirty) {
  if (dirty) return "Unsaved changes";
  if (!revision) return "Detected mask, not saved yet";
  const time = new Date(revision.saved_at);
  const today = time.toDateString() === new Date().toDateString();
  const clock = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const when = today ? clock : `${time.toLocaleDateString()} ${clock}`;
  return `Saved as revision ${revision.number} at ${when}`;
}
