// Brightness, contrast and gamma of what is looked at; nothing that is saved. No DOM here.

/** @import { Adjustment } from "#types/viewer" */

/** @type {Readonly<Adjustment>} */
export const AS_IT_IS = { exposure: 0, contrast: 1, gamma: 1 };

/** @param {Adjustment} adjustment */
export const isAdjusted = ({ exposure, contrast, gamma }) =>
  exposure !== 0 || contrast !== 1 || gamma !== 1;

/**
 * What each value of 0 to 255 is shown as: 2^exposure times as bright, then contrast about the middle,
 * then to the power of 1 / gamma.
 * @param {Adjustment} adjustment exposure in stops, contrast and gamma above 0.
 */
export function makeCurve({ exposure, contrast, gamma }) {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const bright = (value / 255) * 2 ** exposure;
    return 255 * Math.max(0, (bright - 0.5) * contrast + 0.5) ** (1 / gamma);
  });
}

/**
 * @param {Uint8ClampedArray} pixels RGBA, changed in place; alpha stays.
 * @param {Uint8ClampedArray} curve
 */
export function applyCurve(pixels, curve) {
  for (let at = 0; at < pixels.length; at += 4) {
    pixels[at] = curve[pixels[at]];
    pixels[at + 1] = curve[pixels[at + 1]];
    pixels[at + 2] = curve[pixels[at + 2]];
  }
}

/**
 * In words; "" where nothing is changed.
 * @param {Adjustment} adjustment
 */
export function describeAdjustment({ exposure, contrast, gamma }) {
  const stops = `${exposure > 0 ? "+" : "−"}${Math.abs(exposure)} EV`;
  return [
    exposure !== 0 && stops,
    contrast !== 1 && `contrast ${contrast}`,
    gamma !== 1 && `gamma ${gamma}`,
  ]
    .filter(Boolean)
    .join(", ");
}
