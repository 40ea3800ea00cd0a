// Two masks of one image side by side: what either marks alone, what both do, and what they make
// together. Pure; masks are 0 and 1.

/**
 * Split two masks into three that do not overlap, with their px: { mine, theirs, both, counts }.
 * @param {Uint8Array} mine
 * @param {Uint8Array} theirs
 */
export function splitMasks(mine, theirs) {
  const make = () => new Uint8Array(mine.length);
  const parts = { mine: make(), theirs: make(), both: make() };
  const counts = { mine: 0, theirs: 0, both: 0 };
  for (let i = 0; i < mine.length; i++) {
    const part = nameMark(mine[i], theirs[i]);
    if (!part) continue;
    parts[part][i] = 1;
    counts[part] += 1;
  }
  return { ...parts, counts };
}

/**
 * @param {number} mine
 * @param {number} theirs
 */
const nameMark = (mine, theirs) => (mine ? (theirs ? "both" : "mine") : theirs ? "theirs" : null);

/**
 * Whether two masks mark the same pixels.
 * @param {Uint8Array} mine
 * @param {Uint8Array} theirs
 */
export function areEqual(mine, theirs) {
  for (let i = 0; i < mine.length; i++) if (mine[i] !== theirs[i]) return false;
  return true;
}

/**
 * What a choice makes of two masks: "mine", "theirs", "union" or "intersection".
 * @param {Uint8Array} mine
 * @param {Uint8Array} theirs
 * @param {string} choice
 */
export function combineMasks(mine, theirs, choice) {
  if (choice === "mine" || choice === "theirs") return (choice === "mine" ? mine : theirs).slice();
  if (choice === "union") return mine.map((value, i) => value | theirs[i]);
  if (choice === "intersection") return mine.map((value, i) => value & theirs[i]);
  throw new Error(`A choice is mine, theirs, union or intersection, not ${choice}.`);
}
