// The pictures of a trial, pixel for pixel, with one view for both.

import { keepFilled, toPane } from "../viewer/geometry.js";
import { ImagePanes } from "../viewer/image_panes.js";
import { Pyramid } from "../viewer/pyramid.js";

/** @import { Size } from "#types/masks" */
/** @import { PanesHost, View } from "#types/viewer" */
/** @import { ShownTrial } from "#types/vote" */

/** Screen pixels per picture pixel: whole ones, so that no pixel is drawn wider than another. */
const SCALES = [1, 2, 3, 4, 6, 8, 12, 16];
const GAP_PX = 24;
/** Up to this width of the window the pictures are one above the other; as in vote.css. */
const NARROW_PX = 640;
const IDS = ["first", "second"];
/** @type {[colour: string, dash: number[]][]} */
const DARK_BELOW_LIGHT = [["#000", []], ["#fff", [5, 5]]];

export class VotePanes extends ImagePanes {
  /** @type {ShownTrial["outline"]} */
  #outline = null;

  /**
   * @param {number} count 1 or 2.
   * @param {() => void} onDraw hears of every frame.
   */
  constructor(count, onDraw) {
    const ids = IDS.slice(0, count);
    /** @type {PanesHost} */
    const host = {
      // Space flips again instead of pressing the button that was used last.
      onPress() {
        const { activeElement: focused } = document;
        if (focused instanceof HTMLElement) focused.blur();
      },
      onDraw: () => {
        this.#centreNames();
        onDraw();
      },
      decorate: (context, _, view, pane) => this.#drawOutline(context, view, pane),
      findLean: count > 1 ? findLean : undefined,
    };
    const home = (/** @type {Size} */ { width, height }) => ({ x: width / 2, y: height / 2, scale: 1 });
    super(ids.map((id) => ({ id, title: "" })), host, { scales: SCALES, keep: keepFilled, home });
    this.ids = ids;
    this.element.classList.add("stage");
  }

  /**
   * Show nothing of a trial yet; its pictures are seen at the scale of the last.
   * @param {Size} size
   */
  begin({ width, height }) {
    const scale = this.view?.scale ?? 1;
    this.open({ width, height });
    if (this.view) this.look({ ...this.view, scale });
  }

  /**
   * Show pictures where they belong.
   * @param {{
   *   pictures: ImageBitmap[],
   *   names: string[],
   *   isSwapped: boolean,
   *   marksSwap: boolean,
   *   outline: ShownTrial["outline"],
   * }} shown
   */
  show({ pictures, names, isSwapped, marksSwap, outline }) {
    this.#outline = outline;
    this.ids.forEach((id, index) => {
      this.setTitle(id, names[index]);
      this.setSource(id, pictures[index] && new Pyramid([pictures[index]]));
    });
    this.setOrder(isSwapped ? this.ids.toReversed() : this.ids);
    for (const { figure } of this.all) figure.classList.toggle("swapped", marksSwap);
  }

  /** Names stand below their pictures; twice, as the text stays in the middle of what is left. */
  #centreNames() {
    for (const { figure, lean } of this.all) {
      figure.style.textIndent = `${(2 * lean) / this.ratio}px`;
    }
  }

  /**
   * White dashes on black: seen on any ground.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   */
  #drawOutline(context, view, pane) {
    if (!this.#outline) return;
    const { ratio } = this;
    context.beginPath();
    for (const [x, y] of this.#outline) {
      const at = toPane(view, pane, { x: x + 0.5, y: y + 0.5 });
      context.lineTo(at.x, at.y);
    }
    context.closePath();
    context.lineWidth = 1.5 * ratio;
    for (const [colour, dash] of DARK_BELOW_LIGHT) {
      context.strokeStyle = colour;
      context.setLineDash(dash.map((length) => length * ratio));
      context.stroke();
    }
  }
}

/**
 * Small pictures stand near each other, so that eyes do not travel; unless one is above.
 * @param {number} index
 * @param {number} room
 */
function findLean(index, room) {
  const gap = GAP_PX * devicePixelRatio;
  if (innerWidth <= NARROW_PX || room < 2 * gap) return 0;
  return Math.round((index ? -1 : 1) * (room / 2 - gap));
}
