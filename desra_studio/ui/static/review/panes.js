// Three canvases with one view: what is zoomed, panned, or pointed at in one is so in all.

import { fitView, panBy, revealBox, toImage, toPane, zoomAt } from "./geometry.js";
import { make } from "../dom.js";

const NAMES = { gan: "GAN-SR", mse: "MSE-SR", mask: "Mask on GAN-SR" };
const WHEEL_ZOOM = 1.0015;

export class Panes {
  /** @param {object} host says which tool is in use and what is shown, and hears of what happens. */
  constructor(host) {
    this.host = host;
    this.document = null;
    this.view = null;
    this.pointer = null;
    this.gesture = null;
    this.scheduled = false;
    this.canvases = Object.keys(NAMES).map((kind) => this.#makeCanvas(kind));
    this.element = make(
      "div",
      { className: "panes" },
      ...this.canvases.map(({ canvas, kind }) =>
        make("figure", {}, canvas, make("figcaption", {}, NAMES[kind])),
      ),
    );
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  show(document) {
    this.#endGesture();
    const sameSize =
      this.document?.width === document?.width && this.document?.height === document?.height;
    this.document = document;
    if (!sameSize || !this.view) this.fit();
    this.invalidate();
  }

  get pane() {
    const { canvas } = this.canvases[0];
    return { width: canvas.width, height: canvas.height };
  }

  fit() {
    this.view = this.document ? fitView(this.document, this.pane) : null;
    this.invalidate();
  }

  /** Show pixels one to one around the pointer, or around the middle. */
  showActualSize() {
    this.zoom(1 / this.view.scale);
  }

  zoom(factor) {
    if (!this.document) return;
    const middle = { x: this.pane.width / 2, y: this.pane.height / 2 };
    const point = this.pointer ? toPane(this.view, this.pane, this.pointer) : middle;
    this.view = zoomAt(this.view, this.pane, point, factor, this.document);
    this.invalidate();
  }

  pan(dx, dy) {
    if (!this.document) return;
    this.view = panBy(this.view, dx, dy, this.document);
    this.invalidate();
  }

  /** Move the view to a box [x, y, width, height]. */
  reveal(box) {
    this.view = revealBox(this.view, this.pane, box, this.document);
    this.invalidate();
  }

  /** Draw once before the next frame, however often this is called. */
  invalidate() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      for (const entry of this.canvases) this.#draw(entry);
    });
  }

  #makeCanvas(kind) {
    const canvas = make("canvas", { ariaLabel: NAMES[kind], role: "img" });
    canvas.dataset.pane = kind;
    canvas.addEventListener("pointerdown", (event) => this.#press(event, canvas));
    canvas.addEventListener("pointermove", (event) => this.#move(event, canvas));
    canvas.addEventListener("pointerup", (event) => this.#release(event));
    canvas.addEventListener("pointercancel", (event) => this.#release(event));
    canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.host.onPoint(null);
      this.invalidate();
    });
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        if (!this.document) return;
        this.#point(event, canvas);
        if (this.host.tool().wheel?.(this.document, this.pointer, event)) return this.invalidate();
        this.zoom(WHEEL_ZOOM ** -(event.deltaMode ? event.deltaY * 33 : event.deltaY));
      },
      { passive: false },
    );
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    return { canvas, kind, context: canvas.getContext("2d", { alpha: false }) };
  }

  #press(event, canvas) {
    this.host.onPress();
    if (!this.document || this.gesture || this.host.locked()) return;
    const chosen = this.host.tool();
    const pans = event.button === 1 || (event.button === 0 && chosen.pans);
    if (!pans && event.button !== 0) return;
    event.preventDefault();
    this.#point(event, canvas);
    if (!pans && (event.ctrlKey || event.metaKey)) {
      return this.host.onPick(this.pointer);
    }
    canvas.setPointerCapture(event.pointerId);
    const tool = pans ? null : chosen;
    this.gesture = { tool, id: event.pointerId, x: event.clientX, y: event.clientY };
    if (pans) return;
    this.host.onGesture();
    tool.press(this.document, this.pointer, event);
    this.invalidate();
  }

  #move(event, canvas) {
    const { gesture } = this;
    if (!this.document || (gesture && event.pointerId !== gesture.id)) return;
    if (gesture && !gesture.tool) {
      this.pan(event.clientX - gesture.x, event.clientY - gesture.y);
      gesture.x = event.clientX;
      gesture.y = event.clientY;
      return;
    }
    // Every point the browser saw since the last event, so that quick strokes stay round.
    for (const step of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      this.#point(step, canvas);
      gesture?.tool.move(this.document, this.pointer, event);
    }
    this.host.onPoint(this.pointer);
    this.invalidate();
  }

  #release(event) {
    if (!this.gesture || event.pointerId !== this.gesture.id) return;
    if (this.#endGesture(event)) this.host.onEdit();
    this.invalidate();
  }

  /** End what the pointer does; tells whether that changed the mask. */
  #endGesture(event) {
    const { tool } = this.gesture ?? {};
    this.gesture = null;
    return tool ? tool.release(this.document, this.pointer, event) : false;
  }

  #point(event, canvas) {
    const box = canvas.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top };
    this.pointer = toImage(this.view, this.pane, point);
  }

  #resize() {
    const wasFitted =
      this.document && this.view && this.view.scale === fitView(this.document, this.pane).scale;
    for (const { canvas } of this.canvases) {
      // One canvas px per CSS px: more would only slow painting, the images have their own pixels.
      canvas.width = Math.max(1, canvas.clientWidth);
      canvas.height = Math.max(1, canvas.clientHeight);
    }
    if (wasFitted) this.fit();
    this.invalidate();
  }

  #draw({ canvas, context, kind }) {
    const { pane, document, view } = this;
    // The same grey in both themes: it decides how bright and coloured a picture looks.
    context.fillStyle = "#777";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (!document) return;
    (kind === "mse" ? document.mse : document.gan).draw(context, view, pane);
    if (kind === "mask" && this.host.maskShown()) {
      document.layer.draw(context, view, pane, this.host.opacity());
    }
    this.host.decorate(context, kind, view, pane);
    context.save();
    this.host.tool().draw?.(context, view, pane, this.pointer);
    context.restore();
  }
}
