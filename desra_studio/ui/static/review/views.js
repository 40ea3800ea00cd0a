// What a pane can show, and which of that an image has. No DOM here.

/** The views by id, in the order of the menus; `tuned:MODEL` stands for each fine-tuned model. */
const TITLES = {
  gan: "GAN-SR",
  mse: "MSE-SR",
  mask: "Mask on GAN-SR",
  slider: "GAN-SR | MSE-SR",
  "pseudo-gt": "Pseudo-GT",
  map: "Artifact map D",
  "lr-nearest": "LR, nearest",
  "lr-bicubic": "LR, bicubic",
};
const TUNED = "tuned:";

export const tunedView = (model) => `${TUNED}${model}`;

export const titleView = (id) =>
  TITLES[id] ?? (id.startsWith(TUNED) ? `Fine-tuned ${id.slice(TUNED.length)}` : id);

/** Whether a view can be chosen at all; what a model of another dataset made can. */
export const isView = (id) =>
  Object.hasOwn(TITLES, id) || (typeof id === "string" && id.length > 6 && id.startsWith(TUNED));

/** The views to choose from for an image, and those `shown` although it lacks them. */
export function listViews(record, shown = []) {
  const tuned = (record?.fine_tuned ?? []).map(({ model }) => tunedView(model));
  return [...new Set([...Object.keys(TITLES), ...tuned, ...shown])];
}

/** Why an image lacks a view, as a sentence; null where it has it. */
export function tellMissing(id, record) {
  if (id.startsWith("lr-") && !record.lr) return "This image came without an LR image.";
  if (id === "map" && !record.detection?.map_sha) return "Nothing was detected here yet.";
  if (id.startsWith(TUNED) && !findTuned(id, record)) return "This model did not run here yet.";
  return null;
}

/** The rendition { id, sha } that a fine-tuned model made of an image. */
export const findTuned = (id, record) =>
  record.fine_tuned?.find(({ model }) => tunedView(model) === id);
