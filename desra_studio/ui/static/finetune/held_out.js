// Which of the chosen samples are held out; the same as services/curation.py does, which has the
// last word. No DOM here.

const LEAST_TRAINED = 2;

/** How many of `count` samples a share holds out: at least one, and two stay for training. */
export function countHeldOut(count, share) {
  if (!(share > 0)) return 0;
  return Math.max(0, Math.min(Math.max(1, roundToEven(share * count)), count - LEAST_TRAINED));
}

/** The ids of the revisions that are held out: those of the images with the lowest rank. */
export function pickHeldOut(candidates, share) {
  const ranked = [...candidates].sort((one, other) => one.held_out_rank - other.held_out_rank);
  return new Set(
    ranked.slice(0, countHeldOut(candidates.length, share)).map((one) => one.revision_id),
  );
}

/** Halves go to the even number, as in Python. */
function roundToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 ? below + 1 : below;
}
