// Which of the chosen samples are held out: as in services/candidates.py, which has the last word.
// No DOM here.

const LEAST_TRAINED = 2;

/** How many of `count` samples a share holds out: at least one, and two stay for training. */
export function countHeldOut(count, share) {
  if (!(share > 0)) return 0;
  return Math.max(0, Math.min(Math.max(1, Math.floor(share * count + 0.5)), count - LEAST_TRAINED));
}

/** The revisions of the chosen samples that are held out: those of the lowest ranks. */
export function pickHeldOut(candidates, share) {
  const ranked = [...candidates].sort(
    (one, other) => one.held_out_rank - other.held_out_rank || one.image_id - other.image_id,
  );
  const held = ranked.slice(0, countHeldOut(candidates.length, share));
  return new Set(held.map((candidate) => candidate.revision_id));
}
