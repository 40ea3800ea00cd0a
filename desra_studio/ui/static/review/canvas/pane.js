// One pane: a canvas, and below it the name of what it shows, which is a menu.

import { fillSelect, makeSelect } from "../../shared/controls.js";
import { make } from "../../shared/dom.js";
import { CanvasPane } from "../../viewer/canvas_pane.js";
import { applyCurve } from "../../viewer/curve.js";
import { Darkroom } from "../../viewer/darkroom.js";
import { LOADING_TILES } from "../../viewer/tiled.js";
import { LOADING } from "../document_views.js";
import { isDifference, titleView } from "../views.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Size } from "#types/masks" */
/** @import { DrawOptions, Drawn, Look, View } from "#types/review" */
/** @import { FocusedPage } from "#types/shared" */

const THUMB = 18;
const ADJUSTED = "adjusted";
// It changes while it is painted, and is drawn piece by piece.
const NEVER_KEPT = "pseudo-gt";

/**
 * @typedef {Pick<FocusedPage, "focus"> & { choose(id: string): void, invalidate(): void }} Host hears
 *   of another view; `focus` gives the keys back.
 */

export class Pane extends CanvasPane {
  /**
   * The id of the chosen view.
   * @type {string | null}
   */
  view = null;
  #options = "";
  /** @type {string | undefined} */
  #reference;
  #darkroom = new Darkroom();
  #adjustedNote = "";

  /**
   * @param {number} number
   * @param {Host} host
   */
  constructor(number, host) {
    super();
    this.host = host;
    this.menu = makeSelect(host, `View of pane ${number}`, [], () => host.choose(this.menu.value));
    this.now = make("strong", { className: "now" });
    this.note = make("span", { className: "note" });
    this.slider = make("input", {
      type: "range",
      className: "divider",
      min: 0,
      max: 1,
      step: 0.005,
      value: 0.5,
      hidden: true,
      oninput: () => host.invalidate(),
      onpointerup: () => host.focus(),
    });
    this.element = make(
      "figure",
      {},
      make("div", { className: "picture" }, this.canvas, this.slider),
      make("figcaption", {}, this.menu, this.now, this.note),
    );
  }

  /**
   * Offer views [id], of which one is shown.
   * @param {string[]} ids
   * @param {string} chosen
   * @param {string} [reference] what GAN-SR is compared with, as people call it.
   */
  offer(ids, chosen, reference) {
    const options = [reference, ...ids].join("\n");
    if (options !== this.#options) {
      this.#options = options;
      this.#reference = reference;
      fillSelect(this.menu, ids.map((id) => [id, titleView(id, reference)]));
      this.slider.ariaLabel = `Divider between ${titleView("gan")} and ${titleView("mse", reference)}`;
    }
    this.menu.value = chosen;
    this.view = chosen;
    this.canvas.dataset.pane = chosen;
  }

  /** Leave the screen; nothing finds the canvas by its view any more. */
  hide() {
    this.element.hidden = true;
    this.view = null;
    delete this.canvas.dataset.pane;
  }

  /** One canvas px per CSS px: more would only slow painting, the images have their own pixels. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    super.resize({ width, height });
  }

  /**
   * Draw a document through a view; tells whether there is a picture of it.
   *
   * @param {ReviewDocument | null} document
   * @param {View | null} view there once a document was shown.
   * @param {Size} pane
   * @param {string | null} instead the id of a view that is shown instead of the chosen one.
   * @param {Omit<DrawOptions, "divider"> & Look} options
   */
  draw(document, view, pane, instead, options) {
    const id = instead ?? this.view;
    this.clear();
    const now = instead ? titleView(instead, this.#reference) : "";
    this.#say(now, "");
    this.slider.hidden = id !== "slider";
    if (!document || !view || id === null) return false;
    const { drawn, text } = document.views.get(id, options.invalidate);
    if (!drawn) {
      this.#explain(text);
      return false;
    }
    const { curve: wanted, ...rest } = options;
    const curve = isDifference(id) ? null : wanted;
    const drawing = { ...rest, divider: this.#divider };
    const note = curve
      ? this.#drawAdjusted(drawn, { document, id, view, pane, curve }, drawing)
      : drawn.draw(this.context, view, pane, drawing);
    this.#say(now, note ?? "");
    return true;
  }

  /**
   * Draw a picture as a curve has its values; answers what is to be said beside its name.
   * @param {Drawn} drawn
   * @param {{
   *   document: ReviewDocument,
   *   id: string,
   *   view: View,
   *   pane: Size,
   *   curve: Uint8ClampedArray,
   * }} place
   * @param {DrawOptions} options
   */
  #drawAdjusted(drawn, { document, id, view, pane, curve }, options) {
    const { gain, divider, arrived } = options;
    const shown = [document.record.id, id, view, pane, gain, divider, arrived, [...curve]];
    const key = id === NEVER_KEPT ? null : JSON.stringify(shown);
    this.#darkroom.show(this.context, { key, image: document, view, pane }, (take) => {
      const pixels = take((scratch) => {
        this.#adjustedNote = drawn.draw(scratch, view, pane, options) ?? "";
      });
      applyCurve(pixels.data, curve);
      return pixels;
    });
    if (this.#adjustedNote === LOADING_TILES) this.#darkroom.forget();
    return [this.#adjustedNote, ADJUSTED].filter(Boolean).join(", ");
  }

  /** Where the middle of the slider's thumb is, as a share of the width. */
  get #divider() {
    const { width } = this.canvas;
    return (THUMB / 2 + Number(this.slider.value) * (width - THUMB)) / width;
  }

  /**
   * @param {string} now
   * @param {string} note
   */
  #say(now, note) {
    if (this.now.textContent !== now) this.now.textContent = now;
    this.menu.classList.toggle("covered", now !== "");
    if (this.note.textContent !== note) this.note.textContent = note;
    this.name = now || titleView(this.view ?? "", this.#reference);
  }

  /**
   * Say why there is no picture.
   * @param {string} text
   */
  #explain(text) {
    this.write(text);
    if (text !== LOADING) this.name = text;
  }
}
