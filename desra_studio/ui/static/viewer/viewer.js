// What is seen of an image in linked panes, and how that moves. No DOM here.

import { fitView, keepInside, panBy, revealBox, toPane, zoomAt, zoomTo } from "./geometry.js";

/** @import { Box, Point, Size } from "#types/masks" */
/** @import { View, ViewerOptions } from "#types/viewer" */

const STEP = 1.25;

/**
 * One view for all panes that show a document. Whoever builds on it draws after `invalidate()`.
 *
 * Its px are those of the canvases; at 1:1 a px of the image is one of them.
 *
 * @template {Size} [Shown=Size]
 */
export class Viewer {
  /**
   * What is shown, with the image's `width` and `height`; null before the first.
   * @type {Shown | null}
   */
  document = null;
  /**
   * The part of the image that is seen; null before the first.
   * @type {View | null}
   */
  view = null;
  /**
   * What the pointer is over, in image px; null where it is over no pane.
   * @type {Point | null}
   */
  pointer = null;
  /** The size of a pane; all have the same. */
  pane = { width: 1, height: 1 };
  /** Px of a canvas to a px of CSS. */
  ratio = 1;
  /** What a zoom asked for beyond the one of the `scales` that is shown, as a factor. */
  #rest = 1;

  /** @param {ViewerOptions<Shown>} [options] */
  constructor({ scales = null, keep = keepInside, home = () => this.whole } = {}) {
    this.scales = scales;
    this.keep = keep;
    this.home = home;
  }

  /** Draw before the next frame. */
  invalidate() {}

  /** The view that shows all of the image. */
  get whole() {
    const { document, pane, scales } = this;
    if (!document) throw new Error("There is no image to show.");
    const { scale, ...middle } = fitView(document, pane);
    const fitting = scales ? (scales.findLast((each) => each <= scale) ?? scales[0]) : scale;
    return { ...middle, scale: fitting };
  }

  get isActualSize() {
    return this.view !== null && Math.abs(this.view.scale - 1) < 1e-6;
  }

  /**
   * Take another size of the panes; a view that showed the whole image, or its home, still does.
   * @param {Size} pane
   * @param {number} ratio
   */
  resize(pane, ratio = 1) {
    const { document, view } = this;
    const isAt = (/** @type {(shown: Shown) => View} */ place) =>
      document !== null && view?.scale === place(document).scale;
    const wasHome = isAt((shown) => this.home(shown, this.pane));
    const wasWhole = isAt(() => this.whole);
    Object.assign(this, { pane, ratio });
    if (wasHome) this.goHome();
    else if (wasWhole) this.fit();
    else if (document && view) this.look(view);
    this.invalidate();
  }

  /**
   * Look at the image through a view, as far as that may be.
   * @param {View} view
   */
  look(view) {
    if (this.document) this.view = this.keep(view, this.document, this.pane);
    this.invalidate();
  }

  goHome() {
    if (this.document) this.look(this.home(this.document, this.pane));
  }

  fit() {
    if (this.document) this.look(this.whole);
  }

  /** Show pixels one to one around the pointer, or around the middle. */
  showActualSize() {
    this.showScale(1);
  }

  /** Show the whole image where its pixels are shown one to one, else these. */
  toggleActualSize() {
    if (!this.document) return;
    if (this.isActualSize) this.fit();
    else this.showActualSize();
  }

  /**
   * Zoom to a scale at a point of the pane; by default at the pointer, or in the middle.
   * @param {number} scale
   * @param {Point | null} at
   */
  showScale(scale, at = null) {
    if (!this.document) return;
    this.#rest = 1;
    this.#zoomTo(scale, at);
  }

  /**
   * Zoom by a factor, as `showScale` does.
   * @param {number} factor
   * @param {Point | null} at
   */
  zoom(factor, at = null) {
    const { view, pane, document, scales } = this;
    if (!document || !view) return;
    if (scales) return this.#zoomTo(this.#snap(factor, view, scales), at);
    this.look(zoomAt(view, pane, at ?? this.#pointed, factor, document));
  }

  /**
   * Zoom in (1) or out (-1) by one step.
   * @param {number} direction
   */
  step(direction) {
    if (!this.document || !this.view) return;
    if (!this.scales) return this.zoom(STEP ** direction);
    const { scale } = this.view;
    const next =
      direction > 0
        ? this.scales.find((each) => each > scale)
        : this.scales.findLast((each) => each < scale);
    if (next) this.showScale(next);
  }

  /**
   * Move the image by a distance in px.
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    if (this.document && this.view) this.look(panBy(this.view, dx, dy, this.document));
  }

  /**
   * Let a point of the image be in the middle of the panes.
   * @param {Point} point
   */
  lookAt({ x, y }) {
    if (this.document && this.view) this.look({ ...this.view, x, y });
  }

  /**
   * Move the view to a box [x, y, width, height].
   * @param {Box} box
   */
  reveal(box) {
    if (this.document && this.view) this.look(revealBox(this.view, this.pane, box, this.document));
  }

  /**
   * @param {number} scale
   * @param {Point | null} at
   */
  #zoomTo(scale, at) {
    const { view, pane, document } = this;
    if (document && view) this.look(zoomTo(view, pane, at ?? this.#pointed, scale, document));
  }

  get #pointed() {
    const { view, pane, pointer } = this;
    return view && pointer ? toPane(view, pane, pointer) : { x: pane.width / 2, y: pane.height / 2 };
  }

  /**
   * The scale nearest to a zoom by a factor; small ones add up until they reach another.
   * @param {number} factor
   * @param {View} view
   * @param {number[]} scales
   */
  #snap(factor, view, scales) {
    const wanted = view.scale * this.#rest * factor;
    const within = Math.min(scales[scales.length - 1], Math.max(scales[0], wanted));
    /** @param {number} scale */
    const distance = (scale) => Math.abs(Math.log(scale / within));
    const nearest = scales.reduce((best, scale) => (distance(scale) < distance(best) ? scale : best));
    this.#rest = within / nearest;
    return nearest;
  }
}
