// What the list of datasets says and in which order. No DOM here.

import { USUAL_REFERENCE } from "../shared/words.js";

/** @import { Dataset, GoneDataset, Row } from "#types/datasets" */

/**
 * The rows to show, newest first: all datasets, and in their old places those deleted just now.
 * @param {Dataset[]} datasets
 * @param {GoneDataset[]} gone
 * @returns {Row[]}
 */
export function mergeRows(datasets, gone) {
  const there = new Set(datasets.map(({ id }) => id));
  const deleted = gone.filter(({ id }) => !there.has(id));
  const rows = deleted.map((row) => ({ ...row, gone: /** @type {const} */ (true) }));
  return [...datasets, ...rows].sort((a, b) => b.id - a.id);
}

/**
 * @param {string} before
 * @param {string} now
 */
export function tellRestored(before, now) {
  if (before === now) return `${now} is restored.`;
  return `Restored as ${now}: another dataset is named ${before} by now.`;
}

/**
 * What is said beside a dataset's name; nothing of what is usual.
 * @param {string} reference what GAN-SR is compared with, as people call it.
 */
export const tellReference = (reference) =>
  reference === USUAL_REFERENCE ? "" : ` compared with ${reference}`;

/** @param {number} count */
export const tellImages = (count) => `${count} image${count === 1 ? "" : "s"}`;

/**
 * When and by whom a dataset was deleted.
 * @param {{ deleted_at: string, deleted_by: string }} dataset
 * @param {string} [locale]
 */
export function tellDeletion({ deleted_at: at, deleted_by: by }, locale) {
  const when = new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  return `deleted ${when}${by ? ` by ${by}` : ""}`;
}

/**
 * What an export wrote, and what it left out.
 * @param {string} file
 * @param {{ images: number, notes: string[] }} exported
 */
export const tellExported = (file, { images, notes }) =>
  [`${file}: ${tellImages(images)}.`, ...notes.map((note) => `${note}.`)].join(" ");
