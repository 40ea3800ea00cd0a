// The form of a new study as values. No DOM here.

/**
 * @import {
 *   Choices,
 *   Defaults,
 *   FormValues,
 *   Kind,
 *   Numbers,
 *   Rules,
 *   StudyOrder,
 *   StudySystem,
 * } from "#types/studies"
 */

/**
 * The systems that are chosen at first: the first, and the newest fine-tuned one or the last.
 * @param {Pick<StudySystem, "id" | "fine_tuned">[]} systems
 * @param {Kind} kind
 */
export function guessSystems(systems, kind) {
  const ids = systems.map(({ id }) => id);
  if (kind === "prominence" || ids.length < 2) return ids.slice(0, 1);
  const tuned = systems.findLast(({ fine_tuned: isTuned }) => isTuned);
  return [ids[0], tuned ? tuned.id : ids[ids.length - 1]];
}

/**
 * Lines of a text, without empty ones.
 * @param {string} text
 */
export const readLines = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/**
 * A number that was typed; null where there is none, which is as usual.
 * @param {string} text
 */
const readNumber = (text) => (text.trim() === "" ? null : Number(text));

/** @type {(keyof Numbers)[]} */
const NUMBERS = [
  "window_px", "controls", "max_items", "votes_per_pair", "trials_per_voter", "training",
  "min_seconds", "max_voters", "seed", "check_share",
];
/** @type {(keyof Rules)[]} */
const RULES = [
  "min_votes", "min_gold", "min_gold_pass", "min_repeats", "max_one_side", "min_median_seconds",
];
// Typed in per cent.
const SHARES = ["check_share", "min_gold_pass", "min_repeats", "max_one_side"];

/**
 * What the server is asked to make of the form's texts; null where a number cannot be read.
 * @param {FormValues} form
 * @returns {StudyOrder | null}
 */
export function readOrder(form) {
  const numbers = readNumbers(NUMBERS, form);
  // Rules that are left empty are not sent.
  const rules = Object.entries(readNumbers(RULES, form)).filter(([, value]) => value !== null);
  const all = [...Object.values(numbers), ...rules.map(([, value]) => value)];
  if (all.some((value) => Number.isNaN(value))) return null;
  const isChoice = form.kind === "choice";
  return {
    name: form.name.trim(),
    title: form.title.trim() || null,
    kind: form.kind,
    systems: form.systems,
    crops: isChoice ? form.crops : "windows",
    questions: isChoice ? readLines(form.questions) : [],
    consent: form.consent.trim() || null,
    show_lr: form.show_lr,
    rules: Object.fromEntries(rules),
    ...numbers,
  };
}

/**
 * @template {keyof Numbers | keyof Rules} Name
 * @param {Name[]} names
 * @param {FormValues} form
 * @returns {Record<Name, number | null>} NaN where it is no number.
 */
function readNumbers(names, form) {
  const read = (/** @type {Name} */ name) => {
    const value = readNumber(form[name]);
    return value !== null && SHARES.includes(name) ? value / 100 : value;
  };
  return /** @type {Record<Name, number | null>} */ (
    Object.fromEntries(names.map((name) => [name, read(name)]))
  );
}

/**
 * How many hidden checks a voter of so many votes gets: as in study/design.py.
 * @param {number} votes
 * @param {number} share
 */
export const countChecks = (votes, share) => Math.floor((votes * share) / (1 - share) + 0.5);

/**
 * That voters will not be screened by gold, and what it takes; "" where they are.
 * @param {StudyOrder} order
 * @param {Pick<Defaults, "trials_per_voter" | "check_share" | "rules">} usual
 */
export function tellUnscreened(order, usual) {
  const votes = order.trials_per_voter ?? usual.trials_per_voter;
  const share = order.check_share ?? usual.check_share;
  const needed = order.rules.min_gold ?? usual.rules.min_gold;
  const checks = countChecks(votes, share);
  // Out of its bounds, or nothing to count: the server has a word for that.
  if (!(votes >= 1 && share >= 0 && share <= 0.5 && checks < needed)) return "";
  const said = `Not screened by gold: ${checks} hidden ${checks === 1 ? "check" : "checks"} per voter, ${needed - checks} more are needed`;
  const percent = Array.from({ length: 51 }, (_, place) => place).find((place) => countChecks(votes, place / 100) >= needed);
  const ways = [];
  if (percent !== undefined) ways.push(`${percent} % hidden checks`);
  if (share > 0) ways.push(`${countVotes(needed, share)} votes per voter`);
  return ways.length ? `${said}: ${ways.join(", or ")}.` : `${said}.`;
}

/**
 * Fewest votes of a voter who gets so many checks.
 * @param {number} checks
 * @param {number} share
 */
function countVotes(checks, share) {
  let votes = Math.max(1, Math.floor(((checks - 1) * (1 - share)) / share));
  while (countChecks(votes, share) < checks) votes += 1;
  return votes;
}

/**
 * What is missing before a study can be made, or "".
 * @param {Pick<FormValues, "name" | "kind" | "systems" | "questions">} form
 * @param {Pick<Choices, "labelled" | "images">} choices
 * @param {string} crops
 */
export function findMissing({ name, kind, systems, questions }, { labelled, images }, crops) {
  if (!images) return "No image has outputs yet. Upscale the dataset first.";
  if (kind === "choice" && systems.length < 2) return "Choose at least two systems.";
  if (kind === "prominence" && systems.length !== 1) return "Choose the one system to look at.";
  if (kind === "choice" && !readLines(questions).length) return "Write at least one question.";
  if ((crops === "windows" || kind === "prominence") && !labelled) {
    return "No accepted mask has a region yet. Accept some in Review, or choose whole images.";
  }
  return name.trim() ? "" : "Give the study a name.";
}
