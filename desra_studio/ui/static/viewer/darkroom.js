// Pictures that are worked on pixel by pixel before a pane shows them. What came out is kept while
// its key is the same: painting and pointing must not wait for it.

import { toPane } from "./geometry.js";

/** @import { Size } from "#types/masks" */
/** @import { Drawing, View } from "#types/viewer" */

export class Darkroom {
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  #context = null;
  /** @type {string | null} */
  #key = null;

  /**
   * Draw what `develop` makes of an image.
   *
   * It is called with a function that gives the pixels of the image, as far as it is in the pane,
   * after they were drawn, and answers the pixels to show.
   * @param {Drawing} context
   * @param {{ key: string | null, image: Size, view: View, pane: Size }} shown without a key it is
   *   developed each time.
   * @param {(take: (draw: (context: Drawing) => void) => ImageData) => ImageData} develop
   */
  show(context, { key, image, view, pane }, develop) {
    const place = findPlace(image, view, pane);
    if (!place) return;
    const { x, y, width, height } = place;
    const scratch = this.#open(pane);
    if (key === null || key !== this.#key) {
      const developed = develop((draw) => {
        scratch.clearRect(0, 0, pane.width, pane.height);
        draw(scratch);
        return scratch.getImageData(x, y, width, height);
      });
      scratch.putImageData(developed, x, y);
      this.#key = key;
    }
    context.drawImage(scratch.canvas, x, y, width, height, x, y, width, height);
  }

  /** Develop it anew the next time. */
  forget() {
    this.#key = null;
  }

  /** @param {Size} pane */
  #open({ width, height }) {
    const { canvas } = this.#context ?? {};
    if (canvas?.width !== width || canvas.height !== height) {
      this.#context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      this.#key = null;
    }
    return /** @type {OffscreenCanvasRenderingContext2D} */ (this.#context);
  }
}

/**
 * Where an image is in a pane, in whole px; null where none of it is.
 * @param {Size} image
 * @param {View} view
 * @param {Size} pane
 */
function findPlace(image, view, pane) {
  const start = toPane(view, pane, { x: 0, y: 0 });
  const end = toPane(view, pane, { x: image.width, y: image.height });
  const [x, y] = [Math.max(0, Math.floor(start.x)), Math.max(0, Math.floor(start.y))];
  const width = Math.min(pane.width, Math.ceil(end.x)) - x;
  const height = Math.min(pane.height, Math.ceil(end.y)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}
