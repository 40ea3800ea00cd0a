// Small panes that show one place of several images of one size; dragging one moves all.

import { make } from "../shared/dom.js";
import { makeScheduler } from "../shared/frame.js";
import { fitView, MAX_SCALE, panBy, zoomAt } from "../viewer/geometry.js";
import { decodeRuns } from "../masks/runs.js";
import { groupSpans, readSpans } from "../masks/spans.js";

const MASK_COLOUR = [47, 127, 255, 190];
const KEYS = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
const ZOOMS = { "+": 1.25, "=": 1.25, "-": 0.8 };
/** Smoothed below this many screen px per px of the image, or its px would not show. */
const SMOOTH_BELOW = 2;
/** Of a pane, that an artifact fills when it is shown. */
const FILLED = 0.6;

export class Panes {
  constructor(titles) {
    this.titles = titles;
    this.images = {};
    this.urls = {};
    this.view = null;
    this.mask = null;
    this.boxes = [];
    this.draw = makeScheduler(() => this.#draw());
    this.panes = Object.entries(titles).map(([name, title]) => this.#makePane(name, title));
    this.root = make(
      "div",
      { className: "panes", role: "group", ariaLabel: "The sample from all sides" },
      ...this.panes.map(({ element }) => element),
    );
    new ResizeObserver(this.draw).observe(this.root);
  }

  /** Show the images of another sample; one that is null says so. */
  open(key, size, urls) {
    if (key !== this.key) {
      this.key = key;
      this.size = size;
      this.view = null;
      this.mask = null;
      this.boxes = [];
      this.images = {};
      this.urls = {};
      this.root.dataset.image = key;
      for (const { canvas } of this.panes) delete canvas.dataset.shown;
    }
    for (const [name, url] of Object.entries(urls)) this.setImage(name, url);
    this.draw();
  }

  async setImage(name, url, title = this.titles[name]) {
    const pane = this.panes.find((one) => one.name === name);
    pane.caption.textContent = title;
    pane.caption.title = title;
    pane.element.dataset.filled = String(Boolean(url));
    if (this.urls[name] === url) return;
    this.urls[name] = url;
    if (!url) {
      delete this.images[name];
      this.draw();
      return;
    }
    const image = new Image();
    image.src = url;
    await image.decode().catch(() => null);
    if (this.urls[name] !== url) return;
    this.images[name] = image;
    this.draw();
  }

  setMask(runs) {
    const { width, height } = this.size;
    const mask = decodeRuns(runs, width * height);
    const picture = new ImageData(width, height);
    for (let at = 0; at < mask.length; at++) if (mask[at]) picture.data.set(MASK_COLOUR, 4 * at);
    this.mask = make("canvas", { width, height });
    this.mask.getContext("2d").putImageData(picture, 0, 0);
    const components = groupSpans(readSpans(mask, width, height));
    this.boxes = components.sort((one, other) => other.area - one.area).map(({ box }) => box);
    this.next = 0;
    this.draw();
  }

  fit() {
    this.view = null;
    this.draw();
  }

  /** Show the next artifact, the largest first; returns its number of how many. */
  showNext() {
    if (!this.boxes.length || !this.size) return null;
    const [x, y, width, height] = this.boxes[this.next];
    const pane = this.#measure();
    const scale = FILLED * Math.min(pane.width / width, pane.height / height);
    const least = fitView(this.size, pane).scale;
    this.view = {
      x: x + width / 2,
      y: y + height / 2,
      scale: Math.max(least, Math.min(scale, MAX_SCALE / 8)),
    };
    this.next = (this.next + 1) % this.boxes.length;
    this.draw();
    return { number: this.next || this.boxes.length, count: this.boxes.length };
  }

  #makePane(name, title) {
    const canvas = make("canvas", { tabIndex: 0, role: "img", ariaLabel: title });
    canvas.dataset.pane = name;
    const caption = make("figcaption", {}, title);
    const element = make("figure", { className: name }, canvas, caption);
    canvas.addEventListener("wheel", (event) => this.#zoom(event), { passive: false });
    canvas.addEventListener("dblclick", () => this.fit());
    canvas.addEventListener("keydown", (event) => this.#move(event));
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button === 0) canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId) || !this.view) return;
      this.view = panBy(this.view, event.movementX, event.movementY, this.size);
      this.draw();
    });
    return { name, element, canvas, caption };
  }

  #zoom(event) {
    // Without Ctrl the wheel would zoom where somebody only scrolls the page past.
    if (!this.view || (!event.ctrlKey && document.activeElement !== event.target)) return;
    event.preventDefault();
    this.#zoomAt({ x: event.offsetX, y: event.offsetY }, Math.exp(-event.deltaY / 400));
  }

  #zoomAt(point, factor) {
    this.view = zoomAt(this.view, this.#measure(), point, factor, this.size);
    this.draw();
  }

  #move(event) {
    if (!this.view) return;
    const pane = this.#measure();
    if (event.key in ZOOMS) this.#zoomAt({ x: pane.width / 2, y: pane.height / 2 }, ZOOMS[event.key]);
    else if (event.key in KEYS) this.view = panBy(this.view, ...KEYS[event.key], this.size);
    else if (event.key === "0") this.view = null;
    else return;
    event.preventDefault();
    this.draw();
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.panes[0].canvas;
    return { width, height };
  }

  #draw() {
    const pane = this.#measure();
    if (!pane.width || !this.size) return;
    this.view ??= fitView(this.size, pane);
    for (const { name, canvas } of this.panes) {
      if (canvas.width !== pane.width) canvas.width = pane.width;
      if (canvas.height !== pane.height) canvas.height = pane.height;
      this.#drawPane(name, canvas.getContext("2d"), pane);
      const isShown = name === "mask" ? this.mask && this.images.gan : this.images[name];
      if (isShown) canvas.dataset.shown = "true";
      else delete canvas.dataset.shown;
    }
  }

  #drawPane(name, context, pane) {
    const { x, y, scale } = this.view;
    const { width, height } = this.size;
    const place = [
      pane.width / 2 - x * scale,
      pane.height / 2 - y * scale,
      width * scale,
      height * scale,
    ];
    context.clearRect(0, 0, pane.width, pane.height);
    context.imageSmoothingEnabled = name !== "lr" && scale < SMOOTH_BELOW;
    context.imageSmoothingQuality = "high";
    if (name !== "mask") {
      if (this.images[name]) context.drawImage(this.images[name], ...place);
      return;
    }
    context.globalAlpha = 0.45;
    if (this.images.gan) context.drawImage(this.images.gan, ...place);
    context.globalAlpha = 1;
    if (this.mask) context.drawImage(this.mask, ...place);
  }
}
