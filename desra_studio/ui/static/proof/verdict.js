// The proof in words and as marks on scales. No DOM here.

import { countNoun } from "./fates.js";

/** @import { BadSide, FigureName, FigureScale, ProofFigures, ShownFigure } from "#types/proof" */

/**
 * @typedef {{
 *   key: FigureName,
 *   title: string,
 *   short?: string,
 *   tip: string,
 *   interval?: "removal_interval" | "addition_interval",
 *   tell: (value: number) => string,
 *   range: [from: number, to: number],
 *   bad?: BadSide,
 * }} Figure what is told of a proof; `short` names what can fall below its bound.
 */

/**
 * @typedef {Pick<Figure, "range" | "tell" | "bad"> & {
 *   value: number,
 *   low: number | null,
 *   high: number | null,
 *   bound: number | null,
 * }} Measure what a scale shows.
 */

/**
 * @param {unknown} value
 * @returns {value is number}
 */
const isNumber = (value) => typeof value === "number";
const tellShare = (/** @type {number} */ value) => `${Number((100 * value).toFixed(value < 0.095 ? 1 : 0))} %`;
const tellRatio = (/** @type {number} */ value) => value.toFixed(2);
const tellDecibels = (/** @type {number} */ value) => `${value.toFixed(1)} dB`;

/**
 * Figures of a proof, in the order of the page. `bad` is the side of the bound that is wrong.
 * @type {Figure[]}
 */
const FIGURES = [
  {
    key: "removal_rate",
    title: "Removal rate",
    tip: "Share of the components of the original GAN-SR that no component touches any more",
    interval: "removal_interval",
    tell: tellShare,
    range: [0, 1],
  },
  {
    key: "addition_rate",
    title: "Addition rate",
    tip: "Components that were not there before, over those that were",
    interval: "addition_interval",
    tell: tellShare,
    range: [0, 0.2],
    bad: "above",
  },
  {
    key: "variance_ratio_outside",
    title: "Variance outside",
    short: "local variance outside the masks",
    tip: "Local variance outside the masks, over that of the original GAN-SR: detail that was kept",
    tell: tellRatio,
    range: [0, 1.2],
    bad: "below",
  },
  {
    key: "psnr_outside",
    title: "PSNR outside",
    short: "PSNR outside the masks",
    tip: "Outside the masks, against the original GAN-SR: how little else has changed",
    tell: tellDecibels,
    range: [20, 50],
    bad: "below",
  },
  {
    key: "ssim_outside",
    title: "SSIM outside",
    short: "SSIM outside the masks",
    tip: "Outside the masks, against the original GAN-SR: how little else has changed",
    tell: tellRatio,
    range: [0.5, 1],
    bad: "below",
  },
  {
    key: "sharpness_kept",
    title: "Sharpness kept",
    short: "sharpness",
    tip: "Where the new model stands between MSE-SR (0) and the original GAN-SR (1)",
    tell: tellRatio,
    range: [0, 1],
    bad: "below",
  },
];

/** @type {(value: number, bound: number, bad: BadSide) => boolean} */
const isOutside = (value, bound, bad) => (bad === "above" ? value > bound : value < bound);

/**
 * The figures that are outside their bounds.
 * @param {ProofFigures} proof
 */
const listOutside = (proof) =>
  FIGURES.filter(({ key, bad }) => {
    const bound = proof.bounds?.[key];
    return bad && isNumber(bound) && isNumber(proof[key]) && isOutside(proof[key], bound, bad);
  });

/** @param {(string | undefined)[]} words */
const joinWords = (words) =>
  words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");

/**
 * The verdict: { text, basis, badge, good }; good where most went and bounds kept.
 * @param {ProofFigures} proof
 */
export function writeVerdict(proof) {
  const { before_components: before, removed, added, images } = proof;
  const gone = !before ? "Nothing was detected before" : `${removed} of ${before} components gone`;
  const outside = listOutside(proof);
  const many = outside.some(({ key }) => key === "addition_rate") ? ", which is too many" : "";
  const fell = outside.filter(({ bad }) => bad === "below").map(({ short }) => short);
  const rest = fell.length ? `but ${joinWords(fell)} fell too far` : "nothing else fell below its bound";
  return {
    text: `${gone}, ${added || "none"} new${many}; ${rest}.`,
    basis: proof.held_out
      ? `On ${countNoun(images, "held-out image")} that the model was not trained on.`
      : `On ${countNoun(images, "image")} of the dataset that the model was not trained on; none ` +
        "was held out on purpose.",
    ...judge(proof, outside.length),
  };
}

/**
 * @param {ProofFigures} proof
 * @param {number} outside
 */
function judge({ before_components: before, removed }, outside) {
  if (outside) return { badge: `${countNoun(outside, "figure")} outside the bounds`, good: false };
  if (2 * removed < before) return { badge: "Most components are still there", good: false };
  return { badge: "All bounds kept", good: true };
}

/**
 * The rows of the figures: { key, title, tip, text, interval, bound, held, scale }.
 *
 * `bound` is a sentence, "" where there is none; `held` is null where nothing can be told. `scale`
 * has all places as shares of its length, or is null: { from, to, value, low, high, bound, bad }.
 * @param {ProofFigures} proof
 */
export const listFigures = (proof) =>
  FIGURES.filter(({ key }) => key in proof).map((figure) => describeFigure(figure, proof));

/**
 * @param {Figure} figure
 * @param {ProofFigures} proof
 * @returns {ShownFigure}
 */
function describeFigure({ key, title, tip, tell, range, bad, interval }, proof) {
  const value = isNumber(proof[key]) ? proof[key] : null;
  const [low, high] = (interval && proof[interval]) || [null, null];
  const bound = bad && isNumber(proof.bounds?.[key]) ? proof.bounds[key] : null;
  const compared = value !== null && bound !== null && bad !== undefined;
  const held = compared ? !isOutside(value, bound, bad) : null;
  return {
    key,
    title,
    tip,
    text: value === null ? "n/a" : tell(value),
    interval: low === null || high === null ? "" : `${tell(low)} to ${tell(high)}`,
    bound: bound === null ? "" : `${bad === "above" ? "at most" : "at least"} ${tell(bound)}`,
    held,
    scale: value === null ? null : scaleFigure({ range, tell, value, low, high, bound, bad }),
  };
}

/**
 * A scale is never shorter than its range, and longer where something would lie outside.
 * @param {Measure} measure
 * @returns {FigureScale}
 */
function scaleFigure({ range, tell, value, low, high, bound, bad }) {
  const marks = [value, low, high, bound].filter(isNumber);
  const start = Math.min(range[0], ...marks);
  const end = Math.max(range[1], ...marks);
  const place = (/** @type {number | null} */ mark) => (isNumber(mark) ? (mark - start) / (end - start) : null);
  return {
    from: tell(start),
    to: tell(end),
    value: place(value),
    low: place(low),
    high: place(high),
    bound: place(bound),
    bad: bad ?? null,
  };
}

/**
 * IoU of the detected masks against the manual ones, before and after; null without manual ones.
 * @param {ProofFigures} proof
 */
export function describeAgreement({ iou_before: before, iou_after: after }) {
  if (!isNumber(before) || !isNumber(after)) return null;
  return `IoU with the manual masks ${tellRatio(before)}, now ${tellRatio(after)}`;
}
