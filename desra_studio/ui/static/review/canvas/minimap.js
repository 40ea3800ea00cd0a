// The whole image, small, with a frame around what the panes show; a press or drag moves the view.

import { make } from "../../shared/dom.js";
import { fitView, toImage, toPane } from "../../viewer/geometry.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Size } from "#types/masks" */
/** @import { ReviewPage, View } from "#types/review" */

export class Minimap {
  canvas = make("canvas", { className: "minimap", role: "img", ariaLabel: "Whole image" });
  slots = { corner: [this.canvas] };
  /**
   * The image with its mask, painted again only where they changed: that costs more than a frame.
   * @type {OffscreenCanvas | null}
   */
  #picture = null;
  #shown = "";

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    const { canvas } = this;
    this.context = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext("2d", { alpha: false })
    );
    canvas.addEventListener("pointerdown", (event) => {
      page.focus();
      canvas.setPointerCapture(event.pointerId);
      this.#goTo(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.#goTo(event);
    });
  }

  start() {
    this.page.panes.followers.add(() => this.#draw());
    new ResizeObserver(() => this.#resize()).observe(this.canvas);
  }

  /** The image, or its mask, is another one. */
  refresh() {
    this.#picture = null;
    this.page.panes.invalidate();
  }

  #resize() {
    const { canvas } = this;
    Object.assign(canvas, { width: canvas.clientWidth, height: canvas.clientHeight });
    this.refresh();
  }

  get #size() {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  /** @param {PointerEvent} event */
  #goTo(event) {
    const { panes } = this.page;
    if (!panes.document) return;
    const box = this.canvas.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top };
    panes.lookAt(toImage(fitView(panes.document, this.#size), this.#size, point));
  }

  #draw() {
    const { document, view, pane, host } = this.page.panes;
    if (!document || !this.canvas.width) return;
    const maskShown = host.maskShown();
    const shown = JSON.stringify([view, pane, maskShown]);
    if (shown === this.#shown && this.#picture) return;
    if (this.#shown.endsWith(`${!maskShown}]`)) this.#picture = null;
    this.#shown = shown;
    this.#picture ??= this.#paint(document, maskShown);
    this.context.drawImage(this.#picture, 0, 0);
    this.#frame(document, view, pane);
  }

  /**
   * @param {ReviewDocument} document
   * @param {boolean} maskShown
   */
  #paint(document, maskShown) {
    const size = this.#size;
    const picture = new OffscreenCanvas(size.width, size.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      picture.getContext("2d", { alpha: false })
    );
    context.fillStyle = "#777";
    context.fillRect(0, 0, size.width, size.height);
    const whole = fitView(document, size);
    document.views.gan?.draw(context, whole, size, { invalidate: () => this.refresh() });
    if (maskShown) document.layer.draw(context, whole, size, 1);
    return picture;
  }

  /**
   * Outline what the panes show of the image.
   * @param {Size} image
   * @param {View} view
   * @param {Size} pane
   */
  #frame(image, view, pane) {
    const { context } = this;
    const size = this.#size;
    const whole = fitView(image, size);
    /** @param {number} side */
    const corner = (side) =>
      toPane(whole, size, {
        x: clamp(view.x + (side * pane.width) / 2 / view.scale, image.width),
        y: clamp(view.y + (side * pane.height) / 2 / view.scale, image.height),
      });
    const [start, end] = [corner(-1), corner(1)];
    /** @type {[colour: string, line: number][]} */
    const strokes = [["#000", 3], ["#fff", 1]];
    for (const [colour, line] of strokes) {
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.strokeRect(start.x, start.y, end.x - start.x, end.y - start.y);
    }
  }
}

/**
 * @param {number} at
 * @param {number} length
 */
const clamp = (at, length) => Math.min(length, Math.max(0, at));
