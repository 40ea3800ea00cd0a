// What becomes of work that was not saved when its image is opened again. Pure.

/** @import { Base, WorkFacts } from "#types/review" */

/**
 * Choose between what this browser kept and the user's draft on the server.
 *
 * @param {Pick<WorkFacts, "sent" | "base" | "at" | "draftedAt"> | null | undefined} kept
 * @param {{ base_version: number, name: string } | null | undefined} draft its name as `nameRuns`
 *   has it.
 * @param {Base} base what the server has now, as `baseOf` tells.
 * @returns {{ mine: "kept" | "draft", against: "base" | "draft" | null } | null} which mask is taken up,
 *   and with which one it has to be compared first; null where there is nothing to take up.
 */
export function chooseRestore(kept, draft, base) {
  const isOurs = draft && kept?.sent.includes(draft.name);
  if (kept && (!draft || isOurs)) return { mine: "kept", against: isSame(kept.base, base) ? null : "base" };
  if (!draft) return null;
  // What the server knew of this browser's work went into the other draft.
  if (kept && kept.draftedAt !== kept.at) return { mine: "kept", against: "draft" };
  return { mine: "draft", against: draft.base_version === base.version ? null : "base" };
}

/**
 * @param {Base} one
 * @param {Base} other
 */
const isSame = (one, other) => one.version === other.version && one.sha === other.sha;

/**
 * The time of day, with the date where it is another day.
 * @param {number | string} time
 */
export function describeTime(time, now = new Date()) {
  const date = new Date(time);
  const clock = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return date.toDateString() === now.toDateString() ? clock : `${date.toLocaleDateString()} ${clock}`;
}

/** @param {number} count */
export const countActions = (count) => `${count} unsaved action${count === 1 ? "" : "s"}`;
