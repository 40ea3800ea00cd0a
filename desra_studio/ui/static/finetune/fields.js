// The settings of a run, in groups. Their values come from the presets that the server knows, their
// limits and what is said of them from where it declares them. No DOM here.

export const PRESETS = [
  { name: "quick", title: "Quick", about: "Small generators, on a CPU too" },
  { name: "paper", title: "Paper", about: "The method's values, on a GPU" },
  { name: "long", title: "Long", about: "Where 1000 iterations are too few" },
];

const field = (name, title) => ({ name, title });

/** Always in view. */
export const MAIN = [field("iterations", "Iterations")];

export const GROUPS = [
  {
    title: "Crops",
    fields: [
      field("batch", "Batch"),
      field("accumulate", "Accumulate"),
      field("crop", "Crop"),
      field("mask_share", "Mask share"),
      { ...field("feather_sigma", "Feather"), about: "Softens the mask's edge, in px", least: 0, most: 50 },
      field("seed", "Seed"),
    ],
  },
  {
    title: "Generator",
    fields: [
      field("learning_rate", "Learning rate"),
      field("warm_up", "Warm-up"),
      field("ema", "EMA"),
      { ...field("precision", "Precision"), isChoice: true },
    ],
  },
  {
    title: "Loss weights",
    fields: [
      field("pixel_weight", "L1"),
      field("contrast_weight", "Contrast"),
      field("outside_weight", "Outside"),
      field("perceptual_weight", "Perceptual"),
      field("adversarial_weight", "Adversarial"),
    ],
  },
  {
    title: "Discriminator",
    fields: [
      field("discriminator_rate", "Learning rate"),
      field("discriminator_features", "Features"),
      field("discriminator_warm_up", "Warm-up"),
    ],
  },
  {
    title: "While it runs",
    fields: [field("preview_every", "Preview every"), field("checkpoint_every", "Checkpoint every")],
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
