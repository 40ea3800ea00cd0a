// How bright the pictures of the panes are: around the pointer, or what is seen of them.

import { make, makeSvg } from "../../shared/dom.js";
import { readUser } from "../../shared/user.js";
import { countLevels, traceLevels } from "../../viewer/levels.js";
import { titleView } from "../views.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { ReviewPage, View } from "#types/review" */

const WIDTH = 176;
const HEIGHT = 26;
/** A side of the window around the pointer, in px of the image, and of what is read without one. */
const WINDOW = 64;
const SAMPLE = 128;
/**
 * Views of which others are told: those that they are made of.
 * @type {Record<string, string[]>}
 */
const MADE_OF = {
  mask: ["gan"],
  slider: ["gan", "mse"],
  difference: ["gan", "mse"],
  signed: ["gan", "mse"],
};

export class Histogram {
  #shown = "";
  /** @type {Map<number, OffscreenCanvasRenderingContext2D>} By side. */
  #contexts = new Map();

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.where = make("div", { className: "where" });
    this.rows = make("div");
    this.element = make(
      "section",
      { className: "histogram", ariaLabel: "Histogram", hidden: !readShown() },
      this.where,
      this.rows,
    );
  }

  get isShown() {
    return !this.element.hidden;
  }

  toggle() {
    this.element.hidden = this.isShown;
    keepShown(this.isShown);
    this.#shown = "";
    this.page.panes.invalidate();
    this.page.describe();
  }

  /** Bring it up to date with a frame that was drawn; not while somebody paints. */
  draw() {
    const { document, view, pane, pointer, gesture, all, arrived } = this.page.panes;
    if (!this.isShown || !document || !view || gesture) return;
    const at = pointer && { x: Math.floor(pointer.x), y: Math.floor(pointer.y) };
    const ids = all.flatMap(({ view: id }) => (id ? (MADE_OF[id] ?? [id]) : []));
    const shown = JSON.stringify([document.record.id, at ?? [view, pane], ids, arrived]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.where.textContent = at ? `${WINDOW} × ${WINDOW} px at the pointer` : "What is seen";
    const window = at
      ? { view: { ...at, scale: 1 }, side: WINDOW }
      : { view: fitInto(view, pane), side: SAMPLE };
    const rows = [...new Set(ids)].flatMap((id) => this.#makeRow(document, id, window));
    this.rows.replaceChildren(...rows);
  }

  /**
   * A view's histogram; nothing while it is not there.
   * @param {ReviewDocument} document
   * @param {string} id
   * @param {{ view: View, side: number }} window
   */
  #makeRow(document, id, { view, side }) {
    const { panes } = this.page;
    const { drawn } = document.views.get(id, () => panes.invalidate());
    if (!drawn) return [];
    const context = this.#open(side);
    const pane = { width: side, height: side };
    const invalidate = () => {
      this.#shown = "";
      panes.invalidate();
    };
    context.clearRect(0, 0, side, side);
    drawn.draw(context, view, pane, { divider: 0.5, gain: 1, arrived: 0, invalidate });
    const { bins, mean, deviation } = countLevels(context.getImageData(0, 0, side, side).data);
    const text = `${Math.round(mean)} ± ${Math.round(deviation)}`;
    const svg = makeSvg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    const title = titleView(id, document.record.reference);
    svg.setAttribute("aria-label", `${title}: mean ${Math.round(mean)}, deviation ${Math.round(deviation)}`);
    svg.append(makeSvg("path", { d: traceLevels(bins, WIDTH, HEIGHT) }));
    return [make("div", { className: "name" }, make("span", {}, title), make("span", {}, text)), svg];
  }

  /** @param {number} side */
  #open(side) {
    const known = this.#contexts.get(side);
    if (known) return known;
    const made = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (made);
    this.#contexts.set(side, context);
    return context;
  }
}

/**
 * The view that has in a square what another one has in a pane.
 * @param {View} view
 * @param {{ width: number, height: number }} pane
 */
const fitInto = (view, { width, height }) => ({
  ...view,
  scale: (view.scale * SAMPLE) / Math.max(width, height),
});

const place = () => `studio.histogram:${readUser()}`;

// Where a browser forbids to remember, it is not shown at first.
function readShown() {
  try {
    return localStorage.getItem(place()) === "shown";
  } catch {
    return false;
  }
}

/** @param {boolean} isShown */
function keepShown(isShown) {
  try {
    localStorage.setItem(place(), isShown ? "shown" : "hidden");
  } catch {
    // It is hidden again next time.
  }
}
