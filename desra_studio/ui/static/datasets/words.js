// What the list of datasets says and in which order. No DOM here.

/** The rows to show, newest first: all datasets, and in their old places those deleted just now. */
export function mergeRows(datasets, gone) {
  const there = new Set(datasets.map(({ id }) => id));
  const deleted = gone.filter(({ id }) => !there.has(id)).map((row) => ({ ...row, gone: true }));
  return [...datasets, ...deleted].sort((a, b) => b.id - a.id);
}

export function tellRestored(before, now) {
  if (before === now) return `${now} is restored.`;
  return `Restored as ${now}: another dataset is named ${before} by now.`;
}

export const tellImages = (count) => `${count} image${count === 1 ? "" : "s"}`;

/** When and by whom a dataset was deleted. */
export function tellDeletion({ deleted_at: at, deleted_by: by }, locale) {
  const when = new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  return `deleted ${when}${by ? ` by ${by}` : ""}`;
}
