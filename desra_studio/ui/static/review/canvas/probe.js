// The quiet line that tells the values of both images under the pointer.

import { make } from "../../shared/dom.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point } from "#types/masks" */
/** @import { Rendition } from "#types/viewer" */

export class Probe {
  element = make("span", { className: "probe" });

  /**
   * @param {ReviewDocument | null} document
   * @param {Point | null} point
   */
  show(document, point) {
    const { width = 0, height = 0, views } = document ?? {};
    const x = Math.floor(point?.x ?? -1);
    const y = Math.floor(point?.y ?? -1);
    const inside = views && point && x >= 0 && y >= 0 && x < width && y < height;
    const read = (/** @type {Rendition | null} */ source) => source?.read(x, y)?.join(" ") ?? "…";
    this.element.textContent = inside
      ? `x ${x}  y ${y}   GAN ${read(views.gan)}   MSE ${read(views.mse)}`
      : "";
  }
}
