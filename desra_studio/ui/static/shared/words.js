// What sentences are put together from, wherever people read them. No DOM here.

/** What GAN-SR is compared with, as people call it, unless its dataset says otherwise. */
export const USUAL_REFERENCE = "MSE-SR";

/**
 * A text that names MSE-SR, with the name of what a dataset has in its place.
 * @param {string} text
 * @param {string} [reference]
 */
export const nameReference = (text, reference = USUAL_REFERENCE) =>
  text.replaceAll(USUAL_REFERENCE, () => reference);

/** The least share that is not shown as 0.0 %. */
const LEAST_SHARE = 0.0005;

/**
 * Tell a share in per cent, and in px where per cent would say 0.0.
 * @param {number} share 0..1
 * @param {number} total px of the image
 */
export function describeMarked(share, total) {
  if (share === 0) return "nothing marked";
  if (share >= LEAST_SHARE) return `${(100 * share).toFixed(1)} % marked`;
  return `${Math.round(share * total).toLocaleString("en")} px marked`;
}

/**
 * A number with its noun, in the plural unless it is one.
 * @param {number} count
 * @param {string} noun
 */
export const countNoun = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
