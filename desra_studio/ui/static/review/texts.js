// Sentences about an image under review, and about the review of them all.

import { describeMarked } from "../shared/words.js";

/** @import { ReviewDocument } from "./document.js" */
/** @import { HeldImage, Progress, Revision, State } from "#types/review" */

/** Why nothing of the detector is there. */
export const VEILED = "Labelled blind: the detector's view comes after you save.";
export const SAY_CLEAN = "Nothing is marked. Say Clean if nothing is wrong.";

/**
 * What the image is about, and what to do with it.
 * @param {ReviewDocument | null} document
 */
export function summarize(document) {
  if (!document) return "";
  const { detected, area, width, height } = document;
  if (document.record?.veiled) return `${VEILED} Mark what is wrong, or say Clean.`;
  const marked = describeMarked(area / (width * height), width * height);
  const found = detected ? `${countArtifacts(detected)} detected` : "Not detected yet";
  const advice = area
    ? "paint what was missed, erase what is no artifact, then accept"
    : "paint what was missed, or call it clean";
  return `${found} · ${marked} · ${advice}`;
}

/** @type {Partial<Record<State, string>>} */
const VERDICTS = { accepted: "accepted", clean: "marked clean", skipped: "skipped" };

/**
 * What a verdict made of an image, after its name.
 * @param {State} state
 */
export const describeVerdict = (state) => ` is ${VERDICTS[state]}.`;

/**
 * What an image is once a verdict on it was taken back, after its name.
 * @param {State} state
 */
export const describeLabel = (state) => ` is ${state} again.`;

/** @param {{ regions: unknown[] }} detected */
export function countArtifacts({ regions }) {
  return `${regions.length} artifact${regions.length === 1 ? "" : "s"}`;
}

/**
 * That nothing waits for a verdict any more, or nothing for who asks.
 * @param {Pick<Progress, "images" | "states">} progress
 */
export function describeFinished({ images, states }) {
  const open = states.unreviewed + states["in progress"];
  return open
    ? `No other image waits for you; ${open} of ${images} are not judged yet. `
    : `All ${images} images are reviewed, ${states.accepted} accepted. `;
}

/**
 * Who works on all that waits for a verdict, and what to do about it.
 * @param {HeldImage[]} held
 */
export function describeHeld(held) {
  const names = [...new Set(held.map(({ claimed_by: name }) => name))];
  const last = names.pop();
  const [who, does] = names.length ? [`${names.join(", ")} and ${last}`, "work"] : [last, "works"];
  const [what, which] =
    held.length === 1 ? ["the image that is", "it"] : [`the ${held.length} images that are`, "one"];
  return `${who} ${does} on ${what} left: wait, or take ${which} over. `;
}

/**
 * Whether and when a mask was saved.
 * @param {{ revision: Revision | null, veiled?: boolean }} record
 * @param {boolean} dirty
 */
export function describeSaved({ revision, veiled }, dirty) {
  if (dirty) return "Unsaved changes";
  if (!revision && veiled) return "Nothing saved yet";
  if (!revision) return "Detected mask, not saved yet";
  const time = new Date(revision.saved_at);
  const today = time.toDateString() === new Date().toDateString();
  const clock = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const when = today ? clock : `${time.toLocaleDateString()} ${clock}`;
  return `Saved as revision ${revision.number} at ${when}`;
}
