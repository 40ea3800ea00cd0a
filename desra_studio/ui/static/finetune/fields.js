// The settings of a run, in groups. Their values come from the presets that the server knows.
// No DOM here.

export const PRESETS = [
  { name: "quick", title: "Quick", about: "Small generators, on a CPU too" },
  { name: "paper", title: "Paper", about: "The method's values, on a GPU" },
  { name: "long", title: "Long", about: "Where 1000 iterations are too few" },
];

const whole = (name, title, about = "", min = 1) => ({ name, title, about, min, step: 1 });
const number = (name, title, about = "", rest = {}) => ({
  name,
  title,
  about,
  min: 0,
  step: "any",
  ...rest,
});

/** Always in view. */
export const MAIN = [whole("iterations", "Iterations")];

export const GROUPS = [
  {
    title: "Crops",
    fields: [
      whole("batch", "Batch", "Crops at once, on each device"),
      whole("accumulate", "Accumulate", "Batches that make one step"),
      whole("crop", "Crop", "Side in px of the SR image"),
      number("mask_share", "Mask share", "Crops that must show some of the mask", { max: 1 }),
      number("feather_sigma", "Feather", "Softens the mask's edge, in px", { max: 50 }),
      whole("seed", "Seed", "Of crops, flips and weights", 0),
    ],
  },
  {
    title: "Generator",
    fields: [
      number("learning_rate", "Learning rate", "Adam, betas 0.9 and 0.99", { max: 1 }),
      whole("warm_up", "Warm-up", "Iterations until the full rate", 0),
      number("ema", "EMA", "Share of the average kept per step", { max: 0.999999 }),
      {
        name: "precision",
        title: "Precision",
        about: "auto: bf16 on a GPU that has it",
        choices: ["auto", "fp32", "bf16"],
      },
    ],
  },
  {
    title: "Loss weights",
    fields: [
      number("pixel_weight", "L1", "Distance to the pseudo-GT"),
      number("contrast_weight", "Contrast", "Difference of local deviations"),
      number("outside_weight", "Outside", "A px outside the mask, for one inside"),
      number("perceptual_weight", "Perceptual", "L1 of VGG19's features"),
      number("adversarial_weight", "Adversarial", "The discriminator's judgement"),
    ],
  },
  {
    title: "Discriminator",
    fields: [
      number("discriminator_rate", "Learning rate", "Adam, betas 0.9 and 0.99", { max: 1 }),
      whole("discriminator_features", "Features", "Width of a fresh one"),
      whole("discriminator_warm_up", "Warm-up", "Iterations before it counts", 0),
    ],
  },
  {
    title: "While it runs",
    fields: [
      whole("preview_every", "Preview every", "Iterations; the figures too"),
      whole("checkpoint_every", "Checkpoint every", "Iterations"),
    ],
  },
];

export const FIELDS = [...MAIN, ...GROUPS.flatMap(({ fields }) => fields)];

/** What a typed text means for a field: a number, a choice, or null where nothing can be read. */
export function readField(field, text) {
  if (field.choices) return text;
  return text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** The names of the settings that differ from those of a preset. */
export const listChanged = (values, preset) =>
  Object.keys(preset).filter((name) => name in values && values[name] !== preset[name]);
