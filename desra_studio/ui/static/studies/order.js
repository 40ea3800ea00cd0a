// The form of a new study as values. No DOM here.

/** The systems that are chosen at first: the first, and the newest fine-tuned one or the last. */
export function guessSystems(systems, kind) {
  const ids = systems.map(({ id }) => id);
  if (kind === "prominence" || ids.length < 2) return ids.slice(0, 1);
  const tuned = systems.findLast(({ fine_tuned: isTuned }) => isTuned);
  return [ids[0], tuned ? tuned.id : ids.at(-1)];
}

/** Lines of a text, without empty ones. */
export const readLines = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** A number that was typed; null where there is none, which is as usual. */
const readNumber = (text) => (text.trim() === "" ? null : Number(text));

const NUMBERS = [
  "window_px", "controls", "max_items", "votes_per_pair", "trials_per_voter", "training",
  "min_seconds", "max_voters", "seed",
];
const RULES = [
  "min_votes", "min_gold_pass", "min_repeats", "max_one_side", "min_median_seconds",
];

/** What the server is asked to make of the form's texts; null where a number cannot be read. */
export function readOrder(form) {
  const order = {
    name: form.name.trim(),
    title: form.title.trim() || null,
    kind: form.kind,
    systems: form.systems,
    crops: form.kind === "prominence" ? "windows" : form.crops,
    questions: form.kind === "prominence" ? [] : readLines(form.questions),
    consent: form.consent.trim() || null,
    show_lr: form.show_lr,
    check_share: readNumber(form.check_share),
    rules: {},
  };
  for (const name of NUMBERS) order[name] = readNumber(form[name]);
  for (const name of RULES) {
    const value = readNumber(form[name]);
    if (value !== null) order.rules[name] = value;
  }
  // Shares are typed in per cent.
  if (order.check_share !== null) order.check_share /= 100;
  for (const name of ["min_gold_pass", "min_repeats", "max_one_side"]) {
    if (name in order.rules) order.rules[name] /= 100;
  }
  const all = [...Object.values(order), ...Object.values(order.rules)];
  return all.some((value) => Number.isNaN(value)) ? null : order;
}

/** What is missing before a study can be made, or "". */
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
