// What was typed and chosen for a dataset, kept in the browser: a reload finds it again.

const nameOf = (dataset) => `studio-finetune-${dataset}`;

export function readStored(dataset) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(dataset))) ?? {};
  } catch {
    return {};
  }
}

/** Keep some values beside those that are kept already. */
export function writeStored(dataset, values) {
  try {
    localStorage.setItem(nameOf(dataset), JSON.stringify({ ...readStored(dataset), ...values }));
  } catch {
    // A browser that keeps nothing: the page works, a reload begins anew.
  }
}
