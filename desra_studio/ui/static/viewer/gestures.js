// What the pointer does on the canvases: it pans, zooms, or works with a tool.

import { toImage } from "./geometry.js";

/** @import { Viewer } from "./viewer.js" */
/** @import { Point, Size } from "#types/masks" */
/** @import { Gesture, GestureHost, PointerPress, Press } from "#types/viewer" */

const WHEEL_ZOOM = 1.0015;
// Touch pads send a pinch as a wheel with Ctrl, in small steps.
const PINCH_ZOOM = 1.01;
/** Of `button`: the other end of a pen, which erases. */
const PEN_ERASER = 5;
/** What one notch of a wheel sends at least; a touch pad sends many small ones. */
const NOTCH_PX = 50;

/** @template {Size} [Shown=Size] */
export class Gestures {
  /**
   * What the pointer does; without a tool it pans.
   * @type {Gesture<Shown> | null}
   */
  current = null;
  /** How far the wheel turned since the last step. */
  #turned = 0;
  /** @type {Map<number, Point>} Fingers, by the pointer's id. */
  #touches = new Map();
  /** @type {Map<HTMLCanvasElement, () => number>} */
  #leans = new Map();

  /**
   * @param {Viewer<Shown>} panes what is moved, and told what the pointer is over.
   * @param {GestureHost<Shown>} host says which tool is in use, and hears of what happens.
   */
  constructor(panes, host) {
    this.panes = panes;
    this.host = host;
  }

  /**
   * Let the pointer work on a canvas; `lean` tells how far to the right it shows the view.
   * @param {HTMLCanvasElement} canvas
   * @param {() => number} lean
   */
  bind(canvas, lean = () => 0) {
    this.#leans.set(canvas, lean);
    /**
     * @template {keyof HTMLElementEventMap} Name
     * @param {Name} name
     * @param {(event: HTMLElementEventMap[Name], canvas: HTMLCanvasElement) => void} act
     * @param {AddEventListenerOptions} [options]
     */
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

  /**
   * Let the chosen tool begin where the pointer is.
   * @param {PointerPress} event
   */
  begin(event, pans = false) {
    const { host, panes } = this;
    const tool = pans ? null : host.tool();
    this.current = { tool, id: event.pointerId, x: event.clientX, y: event.clientY };
    if (!tool) return;
    host.onGesture?.();
    if (panes.document && panes.pointer) tool.press?.(panes.document, panes.pointer, event);
    panes.invalidate();
  }

  /**
   * Let the pointer be over a point of the image.
   * @param {Point} point
   * @param {Press} event
   */
  moveTo(point, event) {
    const { panes } = this;
    panes.pointer = point;
    if (panes.document) this.current?.tool?.move?.(panes.document, point, event);
    this.host.onPoint(point);
    panes.invalidate();
  }

  /**
   * End what the pointer does, and let the page know.
   * @param {Press} event
   */
  finish(event) {
    if (this.end(event)) this.host.onEdit();
    this.panes.invalidate();
  }

  /**
   * End what the pointer does; tells whether that changed the mask.
   * @param {Press} [event]
   */
  end(event) {
    const { tool } = this.current ?? {};
    const { panes } = this;
    this.current = null;
    if (!tool?.release || !panes.document) return false;
    return tool.release(panes.document, panes.pointer, event);
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  #press(event, canvas) {
    const { host, panes } = this;
    host.onPress(canvas);
    if (!panes.document || host.locked()) return;
    if (event.pointerType === "touch" && this.#touch(event)) return;
    if (this.current) return;
    const chosen = host.tool();
    const works = event.button === 0 || event.button === PEN_ERASER;
    const pans = event.button === 1 || (works && chosen.pans);
    if (!pans && !works) return;
    event.preventDefault();
    this.#point(event, canvas);
    if (!pans && (event.ctrlKey || event.metaKey)) {
      return host.onPick?.(panes.pointer);
    }
    canvas.setPointerCapture(event.pointerId);
    this.begin(event, pans);
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  #move(event, canvas) {
    const { current, panes } = this;
    if (!panes.document || this.#pinch(event, canvas)) return;
    if (current && event.pointerId !== current.id) return;
    if (current && !current.tool) {
      this.#pan(event.clientX - current.x, event.clientY - current.y);
      current.x = event.clientX;
      current.y = event.clientY;
      return;
    }
    // Every point the browser saw since the last event, so that quick strokes stay round.
    for (const step of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      this.#point(step, canvas);
      if (panes.pointer) current?.tool?.move?.(panes.document, panes.pointer, step);
    }
    this.host.onPoint(panes.pointer);
    panes.invalidate();
  }

  /** @param {PointerEvent} event */
  #release(event) {
    this.#touches.delete(event.pointerId);
    if (!this.current || event.pointerId !== this.current.id) return;
    this.finish(event);
  }

  #leave() {
    const { panes } = this;
    panes.pointer = null;
    this.host.onPoint(null);
    panes.invalidate();
  }

  /**
   * @param {WheelEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  #turn(event, canvas) {
    const { host, panes } = this;
    if (host.leavesWheel?.(event)) return;
    event.preventDefault();
    if (!panes.document) return;
    this.#point(event, canvas);
    if (panes.pointer && host.tool().wheel?.(panes.document, panes.pointer, event)) return panes.invalidate();
    const distance = event.deltaMode ? event.deltaY * 33 : event.deltaY;
    if (panes.scales && !event.ctrlKey) return this.#step(distance);
    panes.zoom((event.ctrlKey ? PINCH_ZOOM : WHEEL_ZOOM) ** -distance);
  }

  /**
   * Where there are only some scales, each notch of the wheel leads to the next.
   * @param {number} distance
   */
  #step(distance) {
    this.#turned += distance;
    if (Math.abs(this.#turned) < NOTCH_PX) return;
    this.panes.step(-Math.sign(this.#turned));
    this.#turned = 0;
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  #pan(dx, dy) {
    const { panes } = this;
    panes.pan(dx * panes.ratio, dy * panes.ratio);
  }

  /**
   * Note a finger; tells whether it is the second one, with which a pinch begins.
   * @param {PointerEvent} event
   */
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

  /**
   * Zoom and pan with two fingers; tells whether this is one of them.
   * @param {PointerEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  #pinch({ pointerId, clientX: x, clientY: y }, canvas) {
    if (!this.#touches.has(pointerId)) return false;
    const before = measure([...this.#touches.values()]);
    this.#touches.set(pointerId, { x, y });
    if (this.#touches.size < 2) return false;
    const after = measure([...this.#touches.values()]);
    const { panes } = this;
    this.#pan(after.x - before.x, after.y - before.y);
    panes.pointer = null;
    const middle = this.#locate({ clientX: after.x, clientY: after.y }, canvas);
    panes.zoom(after.length / before.length, middle);
    return true;
  }

  /**
   * @param {MouseEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  #point(event, canvas) {
    const { panes } = this;
    if (panes.view) panes.pointer = toImage(panes.view, panes.pane, this.#locate(event, canvas));
  }

  /**
   * Where an event is in the view's pane, in px of the canvas.
   * @param {{ clientX: number, clientY: number }} event
   * @param {HTMLCanvasElement} canvas
   */
  #locate({ clientX, clientY }, canvas) {
    const box = canvas.getBoundingClientRect();
    const { ratio } = this.panes;
    const lean = this.#leans.get(canvas)?.() ?? 0;
    return { x: (clientX - box.left) * ratio - lean, y: (clientY - box.top) * ratio };
  }
}

/**
 * The middle of the first two fingers and how far they are apart.
 * @param {Point[]} fingers
 */
const measure = ([a, b]) =>
  b
    ? {
        x: (a.x + b.x) / 2,
        y: (a.y + b.y) / 2,
        length: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
      }
    : { ...a, length: 1 };
