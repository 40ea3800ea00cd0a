// One to four panes with one view: what is zoomed, panned, or pointed at in one is so in all.

import { make } from "../../shared/dom.js";
import { makeScheduler } from "../../shared/frame.js";
import { Gestures } from "../../viewer/gestures.js";
import { Viewer } from "../../viewer/viewer.js";
import { chooseView, listShown, MOST_PANES, takeNext } from "./layouts.js";
import { Pane } from "./pane.js";
import { listViews } from "../views.js";

/** @import { MaskLayer } from "../../viewer/mask_layer.js" */
/** @import { ReviewDocument } from "../document.js" */
/** @import { Layout, CanvasHost, View } from "#types/review" */

// A frame has 16 ms, for the mask and all else.
const MASK_MS = 5;

/** @augments {Viewer<ReviewDocument>} */
export class Panes extends Viewer {
  /**
   * The id of a view that all panes show while a key is held, bare of mask and boxes.
   * @type {string | null}
   */
  instead = null;
  /** Counts what was loaded since it was first drawn: pictures made of it are others then. */
  arrived = 0;
  /**
   * Who hears of every frame that was drawn.
   * @type {Set<() => void>}
   */
  followers = new Set();
  /** Draw once before the next frame, however often this is called. */
  invalidate = makeScheduler(() => {
    for (const pane of this.all) if (pane.view) this.#draw(pane);
    for (const follow of this.followers) follow();
  });

  /**
   * @param {CanvasHost} host says which tool is in use (`tool`), what is shown (`opacity`, `maskShown`)
   *   and how (`look`), whether nothing may be painted (`locked`), and hears of what happens
   *   (`onPress`, `onGesture`, `onEdit`, `onPick`, `onPoint`, `onLayout`); `decorate` draws over a
   *   pane.
   * @param {Layout} layout what the panes show; see layouts.js.
   */
  constructor(host, layout) {
    super();
    this.host = host;
    this.layout = layout;
    this.gestures = new Gestures(this, host);
    this.all = Array.from({ length: MOST_PANES }, (_, index) => this.#makePane(index));
    this.element = make("div", { className: "panes" }, ...this.all.map(({ element }) => element));
    this.#arrange();
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  /** @param {ReviewDocument | null} document */
  show(document) {
    this.gestures.end();
    const { document: before } = this;
    const sameSize = before?.width === document?.width && before?.height === document?.height;
    this.document = document;
    if (before !== document) before?.views.close();
    if (!sameSize || !this.view) this.fit();
    this.#arrange();
    this.invalidate();
  }

  /** What the pointer does. */
  get gesture() {
    return this.gestures.current;
  }

  /**
   * Show another layout of panes.
   * @param {Layout} layout
   */
  setLayout(layout) {
    this.layout = layout;
    this.document?.views.forgetFailed();
    this.#arrange();
    this.#resize();
    this.host.onLayout(layout);
  }

  /** One pane more, from the most on to one. */
  showNextLayout() {
    this.setLayout(takeNext(this.layout));
  }

  /**
   * Let all panes show one view, bare; null ends that.
   * @param {string | null} id
   */
  showInstead(id) {
    this.instead = id;
    this.invalidate();
  }

  /** @param {number} index */
  #makePane(index) {
    const pane = new Pane(index + 1, {
      choose: (id) => this.setLayout(chooseView(this.layout, index, id)),
      focus: () => this.host.onPress(),
      invalidate: () => this.invalidate(),
    });
    this.gestures.bind(pane.canvas);
    return pane;
  }

  /** Let every pane show what the layout says. */
  #arrange() {
    const shown = listShown(this.layout);
    const record = this.document?.record ?? null;
    const offered = listViews(record, shown);
    this.element.dataset.count = String(shown.length);
    this.all.forEach((pane, index) => {
      pane.element.hidden = index >= shown.length;
      if (index < shown.length) pane.offer(offered, shown[index], record?.reference);
      else pane.hide();
    });
  }

  #resize() {
    for (const pane of this.all) if (pane.view) pane.resize();
    this.resize(this.all[0].size);
  }

  /** @param {Pane} pane */
  #draw(pane) {
    const { document, host, view, instead } = this;
    const { context } = pane;
    const size = this.pane;
    const hasPicture = pane.draw(document, view, size, instead, {
      ...host.look(),
      arrived: this.arrived,
      invalidate: () => {
        this.arrived += 1;
        this.invalidate();
      },
    });
    if (!document || !view) return;
    if (hasPicture && !instead && host.maskShown()) this.#drawMask(document.layer, pane, view);
    if (!instead && pane.view) host.decorate(context, pane.view, view, size);
    context.save();
    host.tool().draw?.(context, view, size, this.pointer);
    context.restore();
  }

  /**
   * Every pane can be painted in, so that every pane shows the contour; one has the fill, too.
   * @param {MaskLayer} layer
   * @param {Pane} pane
   * @param {View} view
   */
  #drawMask(layer, pane, view) {
    const opacity = pane.view === "mask" ? this.host.opacity() : 0;
    if (!layer.draw(pane.context, view, this.pane, opacity, MASK_MS)) this.invalidate();
  }
}
