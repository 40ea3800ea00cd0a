// Panes of plain images with one view: what is zoomed or moved in one is so in all.

import { make } from "../shared/dom.js";
import { makeScheduler } from "../shared/frame.js";
import { CanvasPane } from "./canvas_pane.js";
import { Gestures } from "./gestures.js";
import { Viewer } from "./viewer.js";

/** @import { Size } from "#types/masks" */
/** @import { PaneContent, PanesHost, View, ViewerOptions } from "#types/viewer" */

/**
 * @typedef {{
 *   pane: CanvasPane,
 *   picture: HTMLElement,
 *   figure: HTMLElement,
 *   caption: { title: HTMLElement, note: HTMLElement },
 *   lean: number,
 * }} Made a pane with what is around it.
 */

const PANS = { pans: true };
const nothing = () => {};

/**
 * @template {Size} [Shown=Size]
 * @augments {Viewer<Shown>}
 */
export class ImagePanes extends Viewer {
  /**
   * What is shown by id: what draws itself through a view, or a sentence that says why not.
   * @type {Record<string, PaneContent>}
   */
  #sources = {};
  invalidate = makeScheduler(() => this.#draw());

  /**
   * @param {{ id: string, title: string }[]} panes with the names of what they show.
   * @param {PanesHost} [host]
   * @param {ViewerOptions<Shown>} [options]
   */
  constructor(panes, host = {}, options = {}) {
    super(options);
    this.host = host;
    this.gestures = new Gestures(this, {
      tool: () => PANS,
      locked: () => false,
      onPress: (canvas) => host.onPress?.(canvas),
      onEdit: nothing,
      onPoint: nothing,
      leavesWheel: host.leavesWheel,
    });
    /** @type {Record<string, string>} */
    this.titles = Object.fromEntries(panes.map(({ id, title }) => [id, title]));
    /** Which picture each pane shows. */
    this.order = panes.map(({ id }) => id);
    this.all = panes.map(({ id }) => this.#build(id));
    this.element = make("div", { className: "image-panes" }, ...this.all.map(({ figure }) => figure));
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  /**
   * Show another image from its home on; its pictures may come later.
   *
   * @param {Shown | null} document has the `width` and `height` of all pictures; null is none.
   * @param {Record<string, PaneContent>} sources
   */
  open(document, sources = {}) {
    this.gestures.end();
    this.document = document;
    this.#sources = { ...sources };
    for (const { pane } of this.all) pane.canvas.removeAttribute("data-shown");
    this.goHome();
    this.invalidate();
  }

  /**
   * Show another picture of the same image; the view stays. Undefined is none.
   * @param {string} id
   * @param {PaneContent} source
   */
  setSource(id, source) {
    this.#sources[id] = source;
    this.invalidate();
  }

  /**
   * @param {string} id
   * @param {string} title
   */
  setTitle(id, title) {
    this.titles[id] = title;
    this.invalidate();
  }

  /**
   * Let each pane show the picture with the id at its place.
   * @param {string[]} order
   */
  setOrder(order) {
    this.order = order;
    this.invalidate();
  }

  /** @param {string} id */
  #build(id) {
    const pane = new CanvasPane();
    const { canvas } = pane;
    const caption = { title: make("span"), note: make("span", { className: "note" }) };
    canvas.dataset.pane = id;
    const picture = make("div", { className: "picture" }, canvas);
    const figure = make("figure", { className: id }, picture, make("figcaption", {}, caption.title, caption.note));
    /** @type {Made} */
    const made = { pane, picture, figure, caption, lean: 0 };
    this.gestures.bind(canvas, () => made.lean);
    return made;
  }

  /** Give all canvases one size, in whole px of the screen: a browser would blur any other. */
  #resize() {
    const { width, height } = this.all[0].picture.getBoundingClientRect();
    if (!width) return; // hidden: what is seen later is seen as before
    const ratio = devicePixelRatio;
    const size = { width: Math.floor(width * ratio), height: Math.floor(height * ratio) };
    for (const { pane } of this.all) {
      pane.resize(size, ratio);
      pane.canvas.style.width = `${size.width / ratio}px`;
      pane.canvas.style.height = `${size.height / ratio}px`;
    }
    this.resize(this.all[0].pane.size, ratio);
    this.#draw(); // before the browser shows them empty
  }

  #draw() {
    // On another screen, or zoomed by the browser, without another size in px of CSS.
    if (this.ratio !== devicePixelRatio && this.element.clientWidth) return this.#resize();
    this.all.forEach((made, index) => this.#drawPane(made, this.order[index], index));
    this.host.onDraw?.();
  }

  /**
   * @param {Made} made
   * @param {string} id
   * @param {number} index
   */
  #drawPane(made, id, index) {
    const { pane, caption } = made;
    const { context, canvas } = pane;
    const source = this.document ? this.#sources[id] : undefined;
    const title = this.titles[id];
    let note = "";
    pane.clear();
    if (typeof source === "string") pane.write(source);
    else if (source && this.view) {
      made.lean = this.#lean(index);
      const view = this.#place(this.view, made.lean);
      note = source.draw(context, view, this.pane, { invalidate: this.invalidate }) ?? "";
      this.host.decorate?.(context, id, view, this.pane);
    }
    canvas.toggleAttribute("data-shown", typeof source === "object");
    say(caption.title, title);
    say(caption.note, note);
    pane.name = typeof source === "string" ? source : title;
  }

  /** @param {number} index */
  #lean(index) {
    const { document, view } = this;
    if (!document || !view) return 0;
    const room = this.pane.width - document.width * view.scale;
    return this.host.findLean?.(index, room) ?? 0;
  }

  /**
   * The view with the image's corner on a whole px, so that none of its px is cut between two.
   * @param {View} view
   * @param {number} lean
   */
  #place(view, lean) {
    const { pane } = this;
    const { scale } = view;
    /** @type {(centre: number, middle: number) => number} */
    const place = (centre, middle) => (middle - Math.round(middle - centre * scale)) / scale;
    return { x: place(view.x, pane.width / 2) - lean / scale, y: place(view.y, pane.height / 2), scale };
  }
}

/**
 * @param {Element} element
 * @param {string} text
 */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
