// Two masks drawn at once: what either marks alone and what both do, told apart by pattern as well
// as by colour. The patterns keep their size on the screen, however far the view is away.

import { splitMasks } from "../masks/difference.js";
import { BLUE, ORANGE } from "./mask_colours.js";
import { MaskLayer } from "./mask_layer.js";

/** @import { Size } from "#types/masks" */
/** @import { Drawing, View } from "#types/viewer" */

const CELL = 8;
/** @typedef {"mine" | "theirs" | "both"} Part */
const PAINTERS = { mine: paintFull, theirs: paintDots, both: paintHatch };

export class DifferenceLayer {
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  #scratch = null;

  /**
   * @param {Uint8Array} mine of 0 and 1, row by row.
   * @param {Uint8Array} theirs
   * @param {number} width
   * @param {number} height
   */
  constructor(mine, theirs, width, height) {
    const { counts, ...parts } = splitMasks(mine, theirs);
    this.counts = counts;
    this.layers = /** @type {Part[]} */ (Object.keys(PAINTERS))
      .filter((part) => counts[part])
      .map((part) => ({ part, layer: new MaskLayer(parts[part], width, height, { contour: false }) }));
  }

  /**
   * Draw it through a view, opaque where it marks something.
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   */
  draw(context, view, pane) {
    const scratch = this.#open(pane);
    for (const { part, layer } of this.layers) {
      scratch.globalCompositeOperation = "source-over";
      scratch.clearRect(0, 0, pane.width, pane.height);
      layer.draw(scratch, view, pane, 1);
      scratch.globalCompositeOperation = "source-in";
      const pattern = scratch.createPattern(makeSwatch(part), "repeat");
      scratch.fillStyle = /** @type {CanvasPattern} */ (pattern);
      scratch.fillRect(0, 0, pane.width, pane.height);
      context.globalAlpha = 0.8;
      context.drawImage(scratch.canvas, 0, 0);
      context.globalAlpha = 1;
    }
  }

  /** @param {Size} size */
  #open({ width, height }) {
    const { canvas } = this.#scratch ?? {};
    if (canvas?.width !== width || canvas.height !== height) {
      this.#scratch = new OffscreenCanvas(width, height).getContext("2d");
    }
    return /** @type {OffscreenCanvasRenderingContext2D} */ (this.#scratch);
  }
}

/** @type {Map<Part, OffscreenCanvas>} */
const swatches = new Map();

/**
 * One cell of a part's pattern, as a canvas.
 * @param {Part} part
 */
export function makeSwatch(part) {
  if (!swatches.has(part)) {
    const canvas = new OffscreenCanvas(CELL, CELL);
    PAINTERS[part](/** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")));
    swatches.set(part, canvas);
  }
  return /** @type {OffscreenCanvas} */ (swatches.get(part));
}

/** @param {Drawing} context */
function paintFull(context) {
  context.fillStyle = BLUE;
  context.fillRect(0, 0, CELL, CELL);
}

/** @param {Drawing} context */
function paintDots(context) {
  context.fillStyle = `${ORANGE}73`;
  context.fillRect(0, 0, CELL, CELL);
  context.fillStyle = ORANGE;
  context.fillRect(0, 0, CELL / 2, CELL / 2);
  context.fillRect(CELL / 2, CELL / 2, CELL / 2, CELL / 2);
}

/** @param {Drawing} context */
function paintHatch(context) {
  context.fillStyle = "rgb(0 0 0 / 35%)";
  context.fillRect(0, 0, CELL, CELL);
  context.strokeStyle = "#fff";
  context.lineWidth = 2;
  for (const offset of [-CELL, 0, CELL]) {
    context.beginPath();
    context.moveTo(offset, CELL);
    context.lineTo(offset + CELL, 0);
    context.stroke();
  }
}
