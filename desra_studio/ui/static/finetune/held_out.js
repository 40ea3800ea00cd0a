// Which of the chosen samples are held out: as in services/finetune/candidates.py, which has the
// last word.
// No DOM here.

const LEAST_TRAINED = 2;

/** How many of `count` pictures a share holds out: at least one, and two stay for training. */
export function countHeldOut(count, share) {
  if (!(share > 0)) return 0;
  return Math.max(0, Math.min(Math.max(1, Math.floor(share * count + 0.5)), count - LEAST_TRAINED));
}

/**
 * The revisions of the chosen samples that are held out: those of the lowest ranks. Samples of one
 * rank are the same picture under several names, and stay together.
 */
export function pickHeldOut(candidates, share) {
  const ranks = [...new Set(candidates.map((candidate) => candidate.held_out_rank))];
  ranks.sort((one, other) => one - other);
  const held = new Set(ranks.slice(0, countHeldOut(ranks.length, share)));
  return new Set(
    candidates
      .filter((candidate) => held.has(candidate.held_out_rank))
      .map((candidate) => candidate.revision_id),
  );
}
