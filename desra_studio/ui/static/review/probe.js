// The quiet line that tells the values of both images under the pointer.

import { make } from "../dom.js";

export class Probe {
  element = make("span", { className: "probe" });
  #canvas = null;

  show(document, point) {
    const { width, height } = document ?? {};
    const x = Math.floor(point?.x ?? -1);
    const y = Math.floor(point?.y ?? -1);
    const inside = point && x >= 0 && y >= 0 && x < width && y < height;
    this.element.textContent = inside
      ? `x ${x}  y ${y}   GAN ${this.#read(document.gan, x, y)}   MSE ${this.#read(document.mse, x, y)}`
      : "";
  }

  #read(pyramid, x, y) {
    this.#canvas ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    this.#canvas.drawImage(pyramid.levels[0], x, y, 1, 1, 0, 0, 1, 1);
    return [...this.#canvas.getImageData(0, 0, 1, 1).data.subarray(0, 3)].join(" ");
  }
}
