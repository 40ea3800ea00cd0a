// Before, after and MSE-SR side by side with one view: what moves in one moves in all.

import { make } from "../shared/dom.js";
import { makeScheduler } from "../shared/frame.js";
import { fitView, panBy, toPane, zoomAt } from "../viewer/geometry.js";
import { Gestures } from "../viewer/gestures.js";
import { loadRendition } from "../viewer/sources.js";
import { frameBox } from "./framing.js";

// The same grey as in Review, in both themes.
const SURROUND = "#777";
// Below three flashes in a second, which can harm people.
const BLINK_MS = 400;
const PANES = [
  { id: "before", key: "gan", title: "Before: GAN-SR" },
  { id: "after", key: "after", title: "After: fine-tuned" },
  { id: "mse", key: "mse", title: "MSE-SR" },
];
const PANS = { pans: true };
// Fates by line as well as colour: a blue and an orange that colour-blind people tell apart.
const LOOKS = {
  new: { colour: "#ff8a00", dash: [] },
  unchanged: { colour: "#ff8a00", dash: [6, 4] },
  fixed: { colour: "#5ab8ff", dash: [] },
};

export class ProofPanes {
  /** The image that is shown: { width, height, sources, problems }; null before the first. */
  document = null;
  /** What the gestures move: { x, y, scale }; see geometry.js. */
  view = null;
  outlined = true;
  /** Whether before and after have changed places. */
  swapped = false;
  #component = null;
  #others = [];
  #showing = 0;
  #blinking = null;
  invalidate = makeScheduler(() => this.#draw());

  /** @param {() => void} onPress hears when a pane is pressed. */
  constructor(onPress) {
    const nothing = () => {};
    const host = {
      tool: () => PANS,
      locked: () => false,
      onPress,
      onGesture: nothing,
      onEdit: nothing,
      onPick: nothing,
      onPoint: nothing,
    };
    this.gestures = new Gestures(this, host);
    this.all = PANES.map((pane) => this.#build(pane));
    this.element = make("div", { className: "panes" }, ...this.all.map(({ figure }) => figure));
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  /** The size of a pane: all have the same. */
  get pane() {
    const { width, height } = this.all[0].canvas;
    return { width, height };
  }

  /** Show a component of an image, with the other components of that image. */
  async show(image, component, others) {
    const turn = (this.#showing += 1);
    const sources = {};
    const problems = {};
    await Promise.all(
      PANES.map(async ({ key }) => {
        try {
          sources[key] = await loadRendition(image[key], image);
        } catch (error) {
          problems[key] = error.message;
        }
      }),
    );
    if (turn !== this.#showing) return; // another one was asked for meanwhile
    this.document = { width: image.width, height: image.height, sources, problems };
    this.#component = component;
    this.#others = others;
    this.frame();
  }

  /** Load what comes next, so that it is there at once. */
  prefetch(image) {
    for (const { key } of PANES) loadRendition(image[key], image).catch(() => {}); // told when shown
  }

  /** Show the component with some context. */
  frame() {
    if (!this.document) return;
    this.view = frameBox(this.#component, this.pane, this.document);
    this.invalidate();
  }

  /** From the component to the whole image, and back. */
  toggleFit() {
    if (!this.document) return;
    const whole = fitView(this.document, this.pane);
    if (this.view.scale === whole.scale) return this.frame();
    this.view = whole;
    this.invalidate();
  }

  pan(dx, dy) {
    if (!this.document) return;
    this.view = panBy(this.view, dx, dy, this.document);
    this.invalidate();
  }

  /** Zoom at a point of the pane; by default at the pointer, or in the middle. */
  zoom(factor, at = null) {
    if (!this.document) return;
    const { pointer } = this.gestures;
    const middle = { x: this.pane.width / 2, y: this.pane.height / 2 };
    const point = at ?? (pointer ? toPane(this.view, this.pane, pointer) : middle);
    this.view = zoomAt(this.view, this.pane, point, factor, this.document);
    this.invalidate();
  }

  /** Let before and after change places, at once and then steadily, until that ends. */
  blink(held) {
    clearInterval(this.#blinking);
    this.#swap(held);
    if (held) this.#blinking = setInterval(() => this.#swap(!this.swapped), BLINK_MS);
  }

  toggleOutline(shown = !this.outlined) {
    this.outlined = shown;
    this.invalidate();
  }

  #swap(swapped) {
    this.swapped = swapped;
    this.invalidate();
  }

  #build({ id, key, title }) {
    const canvas = make("canvas", { role: "img", ariaLabel: title });
    canvas.dataset.pane = id;
    this.gestures.bind(canvas);
    const caption = make("figcaption", {}, title);
    const figure = make("figure", {}, make("div", { className: "picture" }, canvas), caption);
    return { id, key, title, canvas, caption, figure, context: canvas.getContext("2d", { alpha: false }) };
  }

  /** One canvas px per CSS px: the images have their own pixels. */
  #resize() {
    for (const { canvas } of this.all) {
      canvas.width = Math.max(1, canvas.clientWidth);
      canvas.height = Math.max(1, canvas.clientHeight);
    }
    this.frame();
  }

  #draw() {
    const [before, after] = this.all;
    for (const pane of this.all) {
      const other = { [before.id]: after, [after.id]: before }[pane.id];
      this.#drawPane(pane, this.swapped && other ? other : pane);
    }
  }

  #drawPane({ context, canvas, caption }, { key, title }) {
    context.fillStyle = SURROUND;
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (caption.textContent !== title) caption.textContent = canvas.ariaLabel = title;
    if (!this.document) return;
    const { sources, problems } = this.document;
    if (!sources[key]) return write(context, canvas, problems[key]);
    sources[key].draw(context, this.view, this.pane, { invalidate: this.invalidate });
    if (!this.outlined) return;
    for (const component of this.#others) this.#outline(context, component, false);
    this.#outline(context, this.#component, true);
  }

  #outline(context, component, chosen) {
    const { x, y, w, h, fate } = component;
    const start = toPane(this.view, this.pane, { x, y });
    const end = toPane(this.view, this.pane, { x: x + w, y: y + h });
    // Beside the component, not over its pixels; half px for lines that are sharp.
    const [left, top] = [Math.floor(start.x) - 2.5, Math.floor(start.y) - 2.5];
    const [right, bottom] = [Math.ceil(end.x) + 2.5, Math.ceil(end.y) + 2.5];
    const { colour, dash } = LOOKS[fate];
    context.save();
    // Dark below, so that it shows on any photograph.
    for (const [stroke, width, line] of [
      [chosen ? "rgb(0 0 0 / 75%)" : "rgb(0 0 0 / 35%)", chosen ? 4 : 1, []],
      [chosen ? colour : "rgb(255 255 255 / 55%)", chosen ? 2 : 1, dash],
    ]) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.setLineDash(line);
      context.strokeRect(left, top, right - left, bottom - top);
    }
    context.restore();
  }
}

/** Say in a pane why there is no picture. */
function write(context, canvas, text) {
  context.fillStyle = "#000";
  context.font = "14px ui-sans-serif, system-ui, sans-serif";
  context.textAlign = "center";
  context.fillText(text, canvas.width / 2, canvas.height / 2, canvas.width - 20);
}
