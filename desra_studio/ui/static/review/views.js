// What a pane can show, and which of that an image has. No DOM here.

import { nameReference } from "../shared/words.js";
import { VEILED } from "./texts.js";

/** @import { ImageRecord } from "#types/review" */

/**
 * The views by id, in the order of the menus; `tuned:MODEL` stands for each fine-tuned model. In the
 * place of MSE-SR stands what GAN-SR of a dataset is compared with.
 * @type {Record<string, string>}
 */
const TITLES = {
  gan: "GAN-SR",
  mse: "MSE-SR",
  mask: "Mask on GAN-SR",
  slider: "GAN-SR | MSE-SR",
  difference: "Difference, size",
  signed: "GAN-SR − MSE-SR",
  "pseudo-gt": "Pseudo-GT",
  map: "Artifact map D",
  "lr-nearest": "LR, nearest",
  "lr-bicubic": "LR, bicubic",
};
const TUNED = "tuned:";

/** @param {string} model */
export const tunedView = (model) => `${TUNED}${model}`;

/**
 * @param {string} id
 * @param {string} [reference] what GAN-SR is compared with, as people call it.
 */
export const titleView = (id, reference) => {
  if (Object.hasOwn(TITLES, id)) return nameReference(TITLES[id], reference);
  return id.startsWith(TUNED) ? `Fine-tuned ${id.slice(TUNED.length)}` : id;
};

/**
 * Whether a view shows a difference, which has a gain and no brightness.
 * @param {string} id
 */
export const isDifference = (id) => id === "difference" || id === "signed";

/**
 * Whether a view can be chosen at all; what a model of another dataset made can.
 * @param {unknown} id
 * @returns {id is string}
 */
export const isView = (id) =>
  typeof id === "string" &&
  (Object.hasOwn(TITLES, id) || (id.length > TUNED.length && id.startsWith(TUNED)));

/**
 * The views to choose from for an image, and those `shown` although it lacks them.
 * @param {ImageRecord | null} record
 * @param {string[]} shown
 */
export function listViews(record, shown = []) {
  const tuned = (record?.fine_tuned ?? []).map(({ model }) => tunedView(model));
  const own = Object.keys(TITLES).filter((id) => id !== "map" || !record?.veiled);
  return [...new Set([...own, ...tuned, ...shown])];
}

/**
 * Why an image lacks a view, as a sentence; null where it has it.
 * @param {string} id
 * @param {ImageRecord} record
 */
export function tellMissing(id, record) {
  if (id.startsWith("lr-") && !record.lr) return "This image came without an LR image.";
  if (id === "map" && record.veiled) return VEILED;
  if (id === "map" && !record.detection?.map_sha) return "Nothing has been detected here yet.";
  if (id.startsWith(TUNED) && !findTuned(id, record)) return "This model has not run here yet.";
  return null;
}

/**
 * The rendition { id, sha } that a fine-tuned model made of an image.
 * @param {string} id
 * @param {ImageRecord} record
 */
export const findTuned = (id, record) =>
  record.fine_tuned?.find(({ model }) => tunedView(model) === id);
