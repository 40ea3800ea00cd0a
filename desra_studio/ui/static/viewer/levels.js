// How bright the pixels of a window are: a histogram. No DOM here.

const BINS = 64;

/**
 * Count pixels by luma (Rec. 601), those without any alpha left out.
 * @param {Uint8ClampedArray} pixels RGBA.
 * @returns {{ bins: number[], count: number, mean: number, deviation: number }} mean and standard
 *   deviation of 0 to 255; 0 where there are no pixels.
 */
export function countLevels(pixels) {
  const bins = Array.from({ length: BINS }, () => 0);
  let [count, sum, squares] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    if (!pixels[at + 3]) continue;
    const luma = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    bins[Math.min(BINS - 1, Math.floor((luma * BINS) / 256))] += 1;
    count += 1;
    sum += luma;
    squares += luma ** 2;
  }
  const mean = count ? sum / count : 0;
  const deviation = count ? Math.sqrt(Math.max(0, squares / count - mean ** 2)) : 0;
  return { bins, count, mean, deviation };
}

/**
 * The outline of bins as an SVG path, the fullest as high as there is room. Heights go by the root:
 * one bin must not flatten all others.
 * @param {number[]} bins
 * @param {number} width
 * @param {number} height
 */
export function traceLevels(bins, width, height) {
  const most = Math.sqrt(Math.max(1, ...bins));
  const step = width / bins.length;
  const tops = bins.map((count, at) => {
    const y = height * (1 - Math.sqrt(count) / most);
    return `V${round(y)}H${round((at + 1) * step)}`;
  });
  return `M0 ${height}${tops.join("")}V${height}Z`;
}

/** @param {number} value */
const round = (value) => Number(value.toFixed(1));
