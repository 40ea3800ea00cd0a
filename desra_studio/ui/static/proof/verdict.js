// The proof in words and as marks on scales. No DOM here.

import { countNoun, nameReference } from "../shared/words.js";
import { describeInterval } from "./intervals.js";
import { nameHeadline } from "./witnesses.js";

/** @import { BadSide, FigureGroup, FigureName, FigureScale, ProofFigures, ShownFigure } from "#types/proof" */

/**
 * @typedef {{
 *   key: FigureName,
 *   group: FigureGroup,
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
    group: "artifacts",
    title: "Removal rate",
    tip: "Share of the artifacts that are gone, by the strictest witness that saw each",
    interval: "removal_interval",
    tell: tellShare,
    range: [0, 1],
  },
  {
    key: "addition_rate",
    group: "artifacts",
    title: "Addition rate",
    tip: "What any witness finds only now, over the artifacts that were there",
    interval: "addition_interval",
    tell: tellShare,
    range: [0, 0.2],
    bad: "above",
  },
  {
    key: "edges_kept",
    group: "outside",
    title: "Edges kept",
    tip: "Gradient on edges that MSE-SR and GAN-SR share: 0 as MSE-SR, 1 as the original GAN-SR",
    tell: tellRatio,
    range: [0, 1],
  },
  {
    key: "detail_kept",
    group: "outside",
    title: "Detail kept",
    tip: "Gradient by Sobel's kernels everywhere outside: 0 as MSE-SR, 1 as the original GAN-SR",
    tell: tellRatio,
    range: [0, 1],
  },
  {
    key: "sharpness_kept",
    group: "more",
    title: "Sharpness kept",
    short: "sharpness",
    tip: "Gradient from px to px, in which noise counts as detail: 0 as MSE-SR, 1 as GAN-SR",
    tell: tellRatio,
    range: [0, 1],
    bad: "below",
  },
  {
    key: "variance_ratio_outside",
    group: "more",
    title: "Variance",
    short: "local variance outside the masks",
    tip: "Local variance outside the masks, over that of the original GAN-SR: detail that was kept",
    tell: tellRatio,
    range: [0, 1.2],
    bad: "below",
  },
  {
    key: "psnr_outside",
    group: "more",
    title: "PSNR",
    short: "PSNR outside the masks",
    tip: "Outside the masks, against the original GAN-SR: how little else has changed",
    tell: tellDecibels,
    range: [20, 50],
    bad: "below",
  },
  {
    key: "ssim_outside",
    group: "more",
    title: "SSIM",
    short: "SSIM outside the masks",
    tip: "Outside the masks, against the original GAN-SR: how little else has changed",
    tell: tellRatio,
    range: [0.5, 1],
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
 *
 * `basis` has a sentence each: who says it, of what, and what cannot be told.
 * @param {ProofFigures} proof
 */
export function writeVerdict(proof) {
  const { added } = proof;
  const outside = listOutside(proof);
  const many = outside.some(({ key }) => key === "addition_rate") ? ", which is too many" : "";
  const fell = outside.filter(({ bad }) => bad === "below").map(({ short }) => short);
  const rest = fell.length ? `but ${joinWords(fell)} fell too far` : "no quality limit was violated";
  return {
    text: `${tellFates(proof)}, ${added || "none"} new${many}; ${rest}.`,
    basis: [nameHeadline(proof), tellUnseen(proof), tellImages(proof)].filter(Boolean),
    ...judge(proof, outside.length),
  };
}

/** @param {ProofFigures} proof */
function tellFates(proof) {
  const { before_components: before, removed, fainter, still_there: still, reviewed } = proof;
  const kind = reviewed ? "accepted" : "detected";
  if (!before) return `No ${kind} artifact that a witness saw`;
  const left = [fainter ? `${fainter} fainter` : "", still ? `${still} still there` : ""];
  const all = countNoun(before, `${kind} artifact`);
  return [`${removed} of ${all} gone`, ...left.filter(Boolean)].join(", ");
}

/** @param {ProofFigures} proof */
function tellUnseen({ before_components: before, unseen }) {
  if (!unseen) return "";
  return `${unseen}${before ? " more" : ""} that no witness saw: look yourself.`;
}

/** @param {ProofFigures} proof */
function tellImages({ images, held_out: heldOut, reviewed, controls }) {
  const clean = controls.clean_images;
  const heldOutOnes = countNoun(images - clean, "held-out image") + (clean ? ` and ${countNoun(clean, "clean one")}` : "");
  const basis = heldOut
    ? `On ${heldOutOnes} that the model was not trained on.`
    : `On ${countNoun(images, "image")} of the dataset that the model was not trained on; none ` +
      "was held out on purpose.";
  return reviewed ? basis : `${basis} Nobody has reviewed them: the artifacts are the detector's.`;
}

/**
 * What a proof does not prove; the title says so.
 * @param {ProofFigures} proof
 */
export const tellLimits = ({ images }) =>
  `that people see it, that it holds beyond ${images === 1 ? "this image" : `these ${images} images`} ` +
  "of one dataset, or that nothing new appeared that detectors of this kind miss.";

/**
 * @param {ProofFigures} proof
 * @param {number} outside
 */
function judge({ before_components: before, removed }, outside) {
  if (outside) return { badge: `${countNoun(outside, "figure")} outside the bounds`, good: false };
  if (!before) return { badge: "Nothing to judge", good: false };
  if (2 * removed < before) return { badge: "Most artifacts are not gone", good: false };
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
function describeFigure({ key, group, title, tip, tell, range, bad, interval }, proof) {
  const value = isNumber(proof[key]) ? proof[key] : null;
  const [low, high] = (interval && proof[interval]) || [null, null];
  const bound = bad && isNumber(proof.bounds?.[key]) ? proof.bounds[key] : null;
  const compared = value !== null && bound !== null && bad !== undefined;
  const held = compared ? !isOutside(value, bound, bad) : null;
  return {
    key,
    group,
    title,
    tip: nameReference(tip, proof.reference),
    text: value === null ? "n/a" : tell(value),
    interval: interval ? describeInterval(proof[interval], value, tell, proof.images_wanting) : "",
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
 * How the bounds of some figures are kept, in words.
 * @param {ShownFigure[]} figures
 */
export function countHeld(figures) {
  const held = figures.filter((figure) => figure.held !== null);
  const broken = held.filter((figure) => !figure.held).length;
  if (broken) return `${broken} of ${countNoun(held.length, "bound")} not kept`;
  return held.length ? `${countNoun(held.length, "bound")} kept` : "no bound";
}

const NOISE =
  "Local deviation on flat places outside the masks: what GAN-SR has more of than MSE-SR is no detail";

/**
 * Noise on flat places, after and of the two outputs beside it; null where it cannot be told.
 * @param {ProofFigures} proof
 */
export function describeNoise({ noise, reference }) {
  if (!isNumber(noise?.after) || !isNumber(noise.gan) || !isNumber(noise.mse)) return null;
  return {
    text: noise.after.toFixed(1),
    tip: nameReference(NOISE, reference),
    rest: nameReference(
      `grey levels; GAN-SR ${noise.gan.toFixed(1)}, MSE-SR ${noise.mse.toFixed(1)}`,
      reference,
    ),
  };
}

/**
 * DeSRA's own figure: IoU of the detected masks with the manual ones; null without manual ones.
 * @param {ProofFigures} proof
 */
export function describeAgreement({ iou_before: before, iou_after: after, iou_fall: fall }) {
  if (!isNumber(before) || !isNumber(after)) return null;
  const change = isNumber(fall) ? `, ${fall < 0 ? "rose" : "fell"} by ${tellShare(Math.abs(fall))}` : "";
  const ious = `${tellRatio(before)}, after ${tellRatio(after)}`;
  return `DeSRA's own figure, IoU with the manual masks: ${ious}${change}.`;
}
