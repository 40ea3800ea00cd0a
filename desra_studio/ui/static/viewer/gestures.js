// What the pointer does on the canvases: it pans, zooms, or works with a tool.

import { toImage } from "./geometry.js";

const WHEEL_ZOOM = 1.0015;
// Touch pads send a pinch as a wheel with Ctrl, in small steps.
const PINCH_ZOOM = 1.01;

export class Gestures {
  /** What the pointer is over, in image px. */
  pointer = null;
  /** What the pointer does: { tool, id, x, y }, without a tool where it pans. */
  current = null;
  #touches = new Map();

  /** @param {object} host says which tool is in use, and hears of what happens; see panes.js. */
  constructor(panes, host) {
    this.panes = panes;
    this.host = host;
  }

  /** Let the pointer work on a canvas. */
  bind(canvas) {
    const listen = (name, act, options) =>
      canvas.addEventListener(name, (event) => act(event, canvas), options);
    listen("pointerdown", (event) => this.#press(event, canvas));
    listen("pointermove", (event) => this.#move(event, canvas));
    listen("pointerup", (event) => this.#release(event));
    listen("pointercancel", (event) => this.#release(event));
    listen("pointerleave", () => this.#leave());
    listen("wheel", (event) => this.#turn(event, canvas), { passive: false });
    listen("contextmenu", (event) => event.preventDefault());
  }

  /** Let the chosen tool begin where the pointer is. */
  begin(event, pans = false) {
    const { host, panes } = this;
    const tool = pans ? null : host.tool();
    this.current = { tool, id: event.pointerId, x: event.clientX, y: event.clientY };
    if (pans) return;
    host.onGesture();
    tool.press(panes.document, this.pointer, event);
    panes.invalidate();
  }

  /** Let the pointer be over a point of the image. */
  moveTo(point, event) {
    this.pointer = point;
    this.current?.tool?.move(this.panes.document, point, event);
    this.host.onPoint(point);
    this.panes.invalidate();
  }

  /** End what the pointer does, and let the page know. */
  finish(event) {
    if (this.end(event)) this.host.onEdit();
    this.panes.invalidate();
  }

  /** End what the pointer does; tells whether that changed the mask. */
  end(event) {
    const { tool } = this.current ?? {};
    this.current = null;
    return tool ? tool.release(this.panes.document, this.pointer, event) : false;
  }

  #press(event, canvas) {
    const { host, panes } = this;
    host.onPress();
    if (!panes.document || host.locked()) return;
    if (event.pointerType === "touch" && this.#touch(event)) return;
    if (this.current) return;
    const chosen = host.tool();
    const pans = event.button === 1 || (event.button === 0 && chosen.pans);
    if (!pans && event.button !== 0) return;
    event.preventDefault();
    this.#point(event, canvas);
    if (!pans && (event.ctrlKey || event.metaKey)) {
      return host.onPick(this.pointer);
    }
    canvas.setPointerCapture(event.pointerId);
    this.begin(event, pans);
  }

  #move(event, canvas) {
    const { current, panes } = this;
    if (!panes.document || this.#pinch(event, canvas)) return;
    if (current && event.pointerId !== current.id) return;
    if (current && !current.tool) {
      panes.pan(event.clientX - current.x, event.clientY - current.y);
      current.x = event.clientX;
      current.y = event.clientY;
      return;
    }
    // Every point the browser saw since the last event, so that quick strokes stay round.
    for (const step of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      this.#point(step, canvas);
      current?.tool.move(panes.document, this.pointer, event);
    }
    this.host.onPoint(this.pointer);
    panes.invalidate();
  }

  #release(event) {
    this.#touches.delete(event.pointerId);
    if (!this.current || event.pointerId !== this.current.id) return;
    this.finish(event);
  }

  #leave() {
    this.pointer = null;
    this.host.onPoint(null);
    this.panes.invalidate();
  }

  #turn(event, canvas) {
    const { host, panes } = this;
    event.preventDefault();
    if (!panes.document) return;
    this.#point(event, canvas);
    if (host.tool().wheel?.(panes.document, this.pointer, event)) return panes.invalidate();
    const distance = event.deltaMode ? event.deltaY * 33 : event.deltaY;
    panes.zoom((event.ctrlKey ? PINCH_ZOOM : WHEEL_ZOOM) ** -distance);
  }

  /** Note a finger; tells whether it is the second one, with which a pinch begins. */
  #touch({ pointerId, clientX: x, clientY: y }) {
    this.#touches.set(pointerId, { x, y });
    if (this.#touches.size < 2) return false;
    // The first finger was no stroke, then.
    const { tool } = this.current ?? {};
    this.current = null;
    tool?.cancel?.(this.panes.document);
    this.panes.invalidate();
    return true;
  }

  /** Zoom and pan with two fingers; tells whether this is one of them. */
  #pinch({ pointerId, clientX: x, clientY: y }, canvas) {
    if (!this.#touches.has(pointerId)) return false;
    const before = measure([...this.#touches.values()]);
    this.#touches.set(pointerId, { x, y });
    if (this.#touches.size < 2) return false;
    const after = measure([...this.#touches.values()]);
    const box = canvas.getBoundingClientRect();
    const { panes } = this;
    panes.pan(after.x - before.x, after.y - before.y);
    this.pointer = null;
    panes.zoom(after.length / before.length, { x: after.x - box.left, y: after.y - box.top });
    return true;
  }

  #point(event, canvas) {
    const box = canvas.getBoundingClientRect();
    const { panes } = this;
    const point = { x: event.clientX - box.left, y: event.clientY - box.top };
    this.pointer = toImage(panes.view, panes.pane, point);
  }
}

/** The middle of the first two fingers and how far they are apart. */
const measure = ([a, b]) =>
  b
    ? {
        x: (a.x + b.x) / 2,
        y: (a.y + b.y) / 2,
        length: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
      }
    : { ...a, length: 1 };
