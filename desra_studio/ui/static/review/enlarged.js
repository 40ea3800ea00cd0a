// The LR image at the size of the others.

import { drawThrough } from "./pyramid.js";

export class Enlarged {
  /** @param {Pyramid} lr the LR image; the others have the `width` and `height` of the record. */
  constructor(lr, { width, height }, smooth) {
    Object.assign(this, { lr, width, height, smooth });
  }

  draw(context, view, pane) {
    const { lr, width, height } = this;
    const place = { x: 0, y: 0, width, height };
    const scale = (view.scale * width) / lr.width;
    const level = lr.pick(scale);
    context.imageSmoothingEnabled = this.smooth || scale < 1;
    context.imageSmoothingQuality = "high";
    drawThrough(context, level, place, view, pane);
    context.imageSmoothingQuality = "low";
  }

  /** The LR pixel under a pixel. */
  read(x, y) {
    const { lr, width, height } = this;
    return lr.read(Math.floor((x * lr.width) / width), Math.floor((y * lr.height) / height));
  }
}
