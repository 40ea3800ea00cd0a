// The quiet line that tells the values of both images under the pointer.

import { make } from "../../shared/dom.js";

export class Probe {
  element = make("span", { className: "probe" });

  show(document, point) {
    const { width, height, views } = document ?? {};
    const x = Math.floor(point?.x ?? -1);
    const y = Math.floor(point?.y ?? -1);
    const inside = point && x >= 0 && y >= 0 && x < width && y < height;
    const read = (source) => source?.read(x, y)?.join(" ") ?? "…";
    this.element.textContent = inside
      ? `x ${x}  y ${y}   GAN ${read(views.gan)}   MSE ${read(views.mse)}`
      : "";
  }
}
