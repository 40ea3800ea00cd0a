// How long a run will take, judged by runs that are done, and telling times. No DOM here.

const LOSSES = ["contrast_weight", "perceptual_weight", "adversarial_weight"];

/** Minutes and seconds as 0:41, hours as 1:02:03. */
export function tellTime(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** Pixels that go through the networks in a run. */
const countWork = ({ iterations, batch, accumulate = 1, crop }) =>
  iterations * batch * accumulate * crop * crop;

/**
 * Seconds that settings will take, from the newest done run of the same generator with the same
 * losses: { seconds, run }, or null where there is none.
 */
export function estimateTime(settings, generator, runs) {
  const like = (run) =>
    run.status === "done" &&
    run.seconds &&
    run.settings.iterations > (run.resumed_from ?? 0) &&
    run.generator === generator &&
    LOSSES.every((name) => !run.settings[name] === !settings[name]);
  const run = runs.find(like);
  if (!run || !(countWork(settings) > 0)) return null;
  // Its seconds are those of the iterations since it was resumed.
  const timed = run.settings.iterations - (run.resumed_from ?? 0);
  const work = countWork({ ...run.settings, iterations: timed });
  return { seconds: (run.seconds * countWork(settings)) / work, run: run.id };
}
