// GAN-SR minus MSE-SR: where they differ, and in which direction.

import { Darkroom } from "./darkroom.js";
import { subtractPixels, tabulateDifferences } from "./subtract.js";

/** @import { Size } from "#types/masks" */
/** @import { Drawing, Rendition, View } from "#types/viewer" */

export class DifferenceView {
  #darkroom = new Darkroom();

  /**
   * @param {Rendition} gan
   * @param {Rendition} mse
   * @param {boolean} signed
   */
  constructor(gan, mse, signed) {
    this.gan = gan;
    this.mse = mse;
    this.signed = signed;
  }

  /**
   * @param {Drawing} context
   * @param {View} view
   * @param {Size} pane
   * @param {{ gain: number, arrived: number, invalidate: () => void }} options
   */
  draw(context, view, pane, { gain, arrived, invalidate }) {
    const { gan, mse, signed } = this;
    let isComplete = true;
    const key = JSON.stringify([view, pane, gain, arrived]);
    this.#darkroom.show(context, { key, image: gan, view, pane }, (take) => {
      const [first, second] = [gan, mse].map((source) =>
        take((scratch) => {
          if (source.draw(scratch, view, pane, { invalidate })) isComplete = false;
        }),
      );
      subtractPixels(first.data, second.data, tabulateDifferences(gain, signed));
      return first;
    });
    if (!isComplete) this.#darkroom.forget();
    return `× ${gain}`;
  }
}
