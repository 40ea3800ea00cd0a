// Figures of a study in words. No DOM here.

import { countNoun } from "../shared/words.js";

/** @import { CheckName, Interval, Pair, Rate, Report, Screening, StudyView } from "#types/studies" */

/** @param {number | null} value */
export const tellShare = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
/** @param {Interval} interval */
const tellRange = ([low, high]) => `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %`;
/** @param {Interval | null} interval */
export const tellInterval = (interval) => (interval ? tellRange(interval) : "");
/** @param {number | null} value */
const tellChance = (value) =>
  value === null ? "–" : value < 0.001 ? "< 0.001" : value.toFixed(3);
/**
 * The one sentence of a pair: who is preferred, or that nothing can be told yet.
 * @param {Pick<Pair, "a" | "b" | "share" | "interval" | "votes">} pair
 */
export function tellPair({ a, b, share, interval, votes }) {
  if (!votes || share === null) return `${a} against ${b}: no votes yet`;
  if (!interval) return `${a} over ${b}: ${tellShare(share)} of ${countNoun(votes, "vote")}`;
  const [low, high] = interval;
  if (low <= 0.5 && high >= 0.5) return `${a} and ${b}: no difference can be told yet`;
  const [better, other, won] = share > 0.5 ? [a, b, share] : [b, a, 1 - share];
  return `${better} is preferred over ${other}: ${tellShare(won)}`;
}

/**
 * What is known of a pair beside its plot: [title, text] in order.
 * @param {Pair} pair
 * @returns {[title: string, text: string][]}
 */
export function listPairFacts(pair) {
  if (!pair.votes || pair.share === null) return [];
  const { won, lost, tied, p_value: signs } = pair.signs;
  return [
    [`Share of ${pair.a}`, `${tellShare(pair.share)} (${tellInterval(pair.interval) || tellWanting(pair)})`],
    [`Share of ${pair.b}`, tellShare(1 - pair.share)],
    ["If votes were independent", tellInterval(pair.wilson)],
    ["Exact binomial test", `p ${tellChance(pair.p_value)}`],
    ["Images won, lost, tied", `${won}, ${lost}, ${tied} · p ${tellChance(signs)}`],
    ["Not sure", tellShare(pair.unsure_rate)],
    ["Votes", `${pair.votes} of ${countNoun(pair.voters, "voter")} on ${countNoun(pair.images, "image")}`],
    ["Votes still needed", tellNeeded(pair.votes_needed)],
  ];
}

/**
 * Why there is no interval, and what it takes.
 * @param {Pick<Pair, "voters_wanting" | "images_wanting">} pair
 */
export function tellWanting({ voters_wanting: voters, images_wanting: images }) {
  const lacking = [voters && `${countNoun(voters, "voter")} more`, images && `${countNoun(images, "image")} more`];
  const said = lacking.filter(Boolean).join(", ");
  return said ? `no interval yet: ${said}` : "too few";
}

/** @param {number | null} needed */
function tellNeeded(needed) {
  if (needed === null) return "cannot be told yet";
  if (needed === 0) return "none: the interval leaves out 50 %";
  return `about ${needed}, if the share stays as it is`;
}

/** @type {[CheckName, title: string, tip: string][]} */
const CHECKS = [
  ["left", "Left side chosen", "A half where sides do not matter"],
  ["repeats", "Repeats answered the same", "The same pair again, sides swapped"],
  ["gold", "Gold answered right", "One picture plainly degraded"],
  ["identical", "Not sure of identical pairs", "The right answer there"],
  ["decoys", "Artifact noticed on clean places", "False alarms, under the same outlines"],
  ["unsure", "Not sure", "Of all votes that count"],
];

/**
 * The checks in rows: { title, tip, raw, screened } of those that there were.
 * @param {Pick<Report, "raw" | "screened">} report
 */
export function listChecks({ raw, screened }) {
  const tell = (/** @type {Rate} */ { share, total, interval }) =>
    total ? `${tellShare(share)} of ${total} (${tellInterval(interval) || "too few"})` : "–";
  const rows = CHECKS.filter(([key]) => raw[key].total).map(([key, title, tip]) => ({
    title,
    tip,
    raw: tell(raw[key]),
    screened: tell(screened[key]),
  }));
  const tellAlpha = (/** @type {number | null} */ value) => (value === null ? "–" : value.toFixed(2));
  if (raw.alpha !== null) {
    rows.push({
      title: "Krippendorff's alpha",
      tip: "Agreement between voters: 1 perfect, 0 as by chance",
      raw: tellAlpha(raw.alpha),
      screened: tellAlpha(screened.alpha),
    });
  }
  return rows;
}

/**
 * Whether voters are screened by gold, and how well.
 * @param {Screening} screening
 */
export function tellScreening({ checks, gold, missing, wrong, careful, random }) {
  if (missing) return `Not screened by gold: ${countNoun(checks, "hidden check")} per voter, ${missing} more are needed.`;
  if (!random) return "Not screened by gold: no share of right answers is asked for.";
  return (
    `Screened by gold: ${wrong} of ${gold} wrong leave a voter out, ${tellShare(careful)} of the careful ones ` +
    `and ${tellShare(random)} of those who click at random.`
  );
}

/** @type {Record<string, [one: string, more: string]>} */
const ITEMS = {
  pair: ["pair", "pairs"],
  region: ["region", "regions"],
  decoy: ["decoy", "decoys"],
  gold: ["gold", "gold"],
  identical: ["identical pair", "identical pairs"],
  training: ["practice trial", "practice trials"],
};

/**
 * What a study shows, in words.
 * @param {Record<string, number>} items
 */
export const tellItems = (items) =>
  Object.entries(items)
    .map(([kind, count]) => `${count} ${ITEMS[kind][count === 1 ? 0 : 1]}`)
    .join(", ");

/**
 * How far a study is, in a sentence.
 * @param {Pick<StudyView, "state" | "votes" | "wanted" | "voters">} study
 */
export function tellProgress({ state, votes, wanted, voters }) {
  const cast = `${votes} of ${countNoun(wanted, "vote")} by ${countNoun(voters, "voter")}`;
  if (state === "draft") return "Nobody can vote yet.";
  return state === "open" ? cast : `Closed with ${cast}`;
}
