// Two masks of one image side by side: what either marks alone, what both do, and what they make
// together. Pure; masks are 0 and 1.

/** Split two masks into three that do not overlap, with their px: { mine, theirs, both, counts }. */
export function splitMasks(mine, theirs) {
  const parts = { mine: new Uint8Array(mine.length), theirs: new Uint8Array(mine.length) };
  parts.both = new Uint8Array(mine.length);
  const counts = { mine: 0, theirs: 0, both: 0 };
  for (let i = 0; i < mine.length; i++) {
    const part = nameMark(mine[i], theirs[i]);
    if (!part) continue;
    parts[part][i] = 1;
    counts[part] += 1;
  }
  return { ...parts, counts };
}

const nameMark = (mine, theirs) => (mine ? (theirs ? "both" : "mine") : theirs ? "theirs" : null);

/** Whether two masks mark the same pixels. */
export function areEqual(mine, theirs) {
  for (let i = 0; i < mine.length; i++) if (mine[i] !== theirs[i]) return false;
  return true;
}

/** What a choice makes of two masks: "mine", "theirs", "union" or "intersection". */
export function combineMasks(mine, theirs, choice) {
  if (choice === "mine" || choice === "theirs") return (choice === "mine" ? mine : theirs).slice();
  if (choice === "union") return mine.map((value, i) => value | theirs[i]);
  if (choice === "intersection") return mine.map((value, i) => value & theirs[i]);
  throw new Error(`A choice is mine, theirs, union or intersection, not ${choice}.`);
}
