// The settings of a run, in groups. Their values come from the presets that the server knows, their
// limits and what is said of them from where it declares them. No DOM here.

export const PRESETS = [
  { name: "quick", title: "Quick", about: "Small generators, on a CPU too" },
  { name: "paper", title: "Paper", about: "The method's values, on a GPU" },
  { name: "long", title: "Long", about: "Where 1000 iterations are too few" },
];

const named = (name, title) => ({ name, title });

/** Always in view. */
export const MAIN = [named("iterations", "Iterations")];

export const GROUPS = [
  {
    title: "Crops",
    fields: [
      named("batch", "Batch"),
      named("accumulate", "Accumulate"),
      named("crop", "Crop"),
      named("mask_share", "Mask share"),
      { ...named("feather_sigma", "Feather"), about: "Softens the mask's edge, in px", least: 0, most: 50 },
      named("seed", "Seed"),
    ],
  },
  {
    title: "Generator",
    fields: [
      named("learning_rate", "Learning rate"),
      named("warm_up", "Warm-up"),
      named("decay", "Decay"),
      named("ema", "EMA"),
      { ...named("precision", "Precision"), isChoice: true },
    ],
  },
  {
    title: "Loss weights",
    fields: [
      named("pixel_weight", "L1"),
      named("contrast_weight", "Contrast"),
      named("inside_weight", "Inside, of L1"),
      named("contrast_inside_weight", "Inside, of contrast"),
      named("perceptual_weight", "Perceptual"),
      named("adversarial_weight", "Adversarial"),
    ],
  },
  {
    title: "Discriminator",
    fields: [
      named("discriminator_rate", "Learning rate"),
      named("discriminator_features", "Features"),
      named("discriminator_warm_up", "Warm-up"),
    ],
  },
  {
    title: "While it runs",
    fields: [named("preview_every", "Preview every"), named("checkpoint_every", "Checkpoint every")],
  },
];

export const FIELDS = [...MAIN, ...GROUPS.flatMap(({ fields }) => fields)];

/** What a typed text means for a field: a number, a choice, or null where nothing can be read. */
export function readField(field, text) {
  if (field.isChoice) return text;
  return text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** The names of the settings that differ from those of a preset. */
export const listChanged = (values, preset) =>
  Object.keys(preset).filter((name) => name in values && values[name] !== preset[name]);
