// What becomes of work that was not saved when its image is opened again. Pure.

/**
 * Choose between what this browser kept and the user's draft on the server.
 *
 * @param {object?} kept work as `Work` describes it.
 * @param {object?} draft { base_version, updated_at }.
 * @param {object} base what the server has now, as `baseOf` tells.
 * @returns {{ mine: "kept" | "draft", against: "base" | "draft" | null }?} which mask is taken up,
 *   and with which one it has to be compared first; null where there is nothing to take up.
 */
export function chooseRestore(kept, draft, base) {
  const other = draft && draft.updated_at !== kept?.draft?.updated_at ? draft : null;
  if (!kept && !other) return null;
  if (!other) return { mine: "kept", against: isSame(kept.base, base) ? null : "base" };
  // What the server knew of this browser's work went into the other draft.
  const isAhead = kept && kept.draft?.at !== kept.at;
  if (isAhead) return { mine: "kept", against: "draft" };
  return { mine: "draft", against: other.base_version === base.version ? null : "base" };
}

const isSame = (one, other) => one.version === other.version && one.sha === other.sha;

/** The time of day, with the date where it is another day. */
export function describeTime(time, now = new Date()) {
  const date = new Date(time);
  const clock = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return date.toDateString() === now.toDateString() ? clock : `${date.toLocaleDateString()} ${clock}`;
}

export const countActions = (count) => `${count} unsaved action${count === 1 ? "" : "s"}`;
