// Numbers of a plot: scales, lines, smoothing, what a value reads. No DOM here.

export const FIGURES = [
  { name: "loss", title: "L1", kind: "loss", weight: "pixel_weight" },
  { name: "contrast", title: "Contrast", kind: "loss", weight: "contrast_weight" },
  { name: "perceptual", title: "Perceptual", kind: "loss", weight: "perceptual_weight" },
  { name: "adversarial", title: "Adversarial", kind: "loss", weight: "adversarial_weight" },
  { name: "discriminator", title: "Discriminator", kind: "loss", weight: "adversarial_weight" },
  { name: "removal_rate", title: "Removal", kind: "figure" },
  { name: "addition_rate", title: "Addition", kind: "figure" },
  { name: "variance_ratio", title: "Variance", kind: "figure" },
  { name: "iou", title: "IoU", kind: "figure" },
  { name: "detail_kept", title: "Detail kept", kind: "figure" },
];

/** Of what the live figures of a run are. */
export function tellWatched({ held_out, watched }) {
  const crops = watched === 1 ? "1 crop of 1" : `${watched} crops of ${watched}`;
  const images = `${held_out ? "held-out image" : "image"}${watched === 1 ? "" : "s"}`;
  return `${crops} ${images}${held_out ? "" : " it is trained on"}, not the proof`;
}

/** The figures that runs of these settings have; L1 is recorded whatever it weighs. */
export const listFigures = (settings) =>
  FIGURES.filter(
    ({ name, weight }) => name === "loss" || !weight || settings.some((one) => one[weight] > 0),
  );

const SMOOTHING = 0.12;

/** An exponential mean of [iteration, value] points, which starts at the first value. */
export function smooth(points, share = SMOOTHING) {
  let mean = points[0]?.[1];
  return points.map(([iteration, value]) => [iteration, (mean += share * (value - mean))]);
}

/**
 * The range that shows some lines: a rate from 0 to at least 1, a loss from 0 to the value that all
 * but its highest fiftieth stay below, so that the first steps do not flatten the rest.
 */
export function findRange(lines, kind) {
  const values = lines.flatMap((points) => points.map(([, value]) => value));
  const finite = values.filter(Number.isFinite).sort((one, other) => one - other);
  if (kind === "figure") return { low: 0, high: Math.max(1, finite.at(-1) ?? 1) };
  const top = finite[Math.floor(0.98 * (finite.length - 1))] ?? 1;
  return { low: 0, high: 1.1 * top || 1 };
}

/** Points as an SVG polyline in a box of 100 by 100; what is out of range stays on the border. */
export function traceLine(points, last, { low, high }) {
  const limit = (share) => Math.min(1, Math.max(0, share));
  return points
    .filter(([, value]) => Number.isFinite(value))
    .map(([iteration, value]) => {
      const x = 100 * limit(iteration / Math.max(1, last));
      return `${x.toFixed(2)},${(100 - 100 * limit((value - low) / (high - low))).toFixed(2)}`;
    })
    .join(" ");
}

/** The value of a line at the last iteration that is not after the given one; null before it. */
export function readAt(points, iteration) {
  let found = null;
  for (const [at, value] of points) {
    if (at > iteration) break;
    found = value;
  }
  return found;
}

/** Three digits that count. */
export function tellValue(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 10000)) return value.toExponential(1);
  return size >= 100 ? value.toFixed(0) : size >= 1 ? value.toFixed(2) : value.toFixed(3);
}
