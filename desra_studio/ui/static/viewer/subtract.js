// One picture minus another, made visible. No DOM here.

const MOST = 255;

/**
 * How each difference of -255 to 255 is shown, at its place + 255: its size from black on, or signed,
 * from mid grey (128, no difference) down and up.
 * @param {number} gain what it is multiplied by.
 * @param {boolean} signed
 */
export const tabulateDifferences = (gain, signed) =>
  Uint8ClampedArray.from({ length: 2 * MOST + 1 }, (_, place) => {
    const difference = gain * (place - MOST);
    return signed ? 128 + difference : Math.abs(difference);
  });

/**
 * Write the first minus the second over the first, channel by channel.
 * @param {Uint8ClampedArray} first RGBA; its alpha stays.
 * @param {Uint8ClampedArray} second as large.
 * @param {Uint8ClampedArray} table of `tabulateDifferences`.
 */
export function subtractPixels(first, second, table) {
  for (let at = 0; at < first.length; at += 4) {
    first[at] = table[first[at] - second[at] + MOST];
    first[at + 1] = table[first[at + 1] - second[at + 1] + MOST];
    first[at + 2] = table[first[at + 2] - second[at + 2] + MOST];
  }
}
