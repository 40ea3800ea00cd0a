// Small pictures of images in the queue: GAN-SR, loaded as rows come into sight, of one size.

import { loadBlob } from "../../shared/api.js";
import { TileCache } from "../../viewer/tile_cache.js";

/** @import { Pixels } from "#types/viewer" */

/** Px of a canvas, two for each of the page. */
export const THUMBNAIL = { width: 68, height: 64 };
const KEPT = 500;
// A browser has six connections to a server, and the images at hand need them.
const AT_ONCE = 1;

/** @param {string} id */
async function loadThumbnail(id) {
  try {
    return await createImageBitmap(await loadBlob(`/studio/images/${id}/thumbnail.png`));
  } catch {
    return new OffscreenCanvas(1, 1); // opening the image says what is wrong
  }
}

export class Thumbnails {
  /** @type {TileCache<Pixels>} By image. */
  #cache = new TileCache(loadThumbnail, KEPT, AT_ONCE);
  #begun = false;

  /** @param {() => void} onReady hears that one came. */
  constructor(onReady) {
    this.onReady = onReady;
  }

  /** Load them from here on: the server decodes whole images for them, and others come first. */
  begin() {
    if (this.#begun) return;
    this.#begun = true;
    this.onReady();
  }

  /**
   * Let a canvas show an image as soon as that is there; null is none.
   * @param {HTMLCanvasElement} canvas
   * @param {number | null} id
   */
  show(canvas, id) {
    const picture = id === null || !this.#begun ? null : this.#cache.get(String(id), this.onReady);
    const shown = picture ? String(id) : "";
    if (canvas.dataset.shown === shown) return;
    canvas.dataset.shown = shown;
    const { width, height } = THUMBNAIL;
    const context = canvas.getContext("2d");
    context?.clearRect(0, 0, width, height);
    if (!picture) return;
    const factor = Math.min(width / picture.width, height / picture.height);
    const [across, down] = [picture.width * factor, picture.height * factor];
    context?.drawImage(picture, (width - across) / 2, (height - down) / 2, across, down);
  }
}
