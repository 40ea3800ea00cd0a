// Intervals in words. No DOM here.

import { countNoun } from "../shared/words.js";


/**
 * An interval in words: one bound where all or none was counted, and below the number of images from
 * which on there is one, how many more it takes.
 * @param {[low: number, high: number] | null | undefined} interval
 * @param {number | null} value
 * @param {(value: number) => string} tell
 * @param {number | undefined} wanting
 */
export function describeInterval(interval, value, tell, wanting = 0) {
  if (value === null) return "";
  if (!interval) return wanting ? `no interval: ${countNoun(wanting, "image")} more` : "";
  const [low, high] = interval;
  if (value === 0 && low === 0) return `at most ${tell(high)}`;
  if (value === 1 && high === 1) return `at least ${tell(low)}`;
  return `${tell(low)} to ${tell(high)}`;
}
