// Work that was not saved when its image was opened last: found, offered, and spoken of.

import { make } from "../../shared/dom.js";
import { loadDraft } from "./drafts_api.js";
import { readUser } from "../../shared/user.js";
import { areEqual } from "../../masks/difference.js";
import { chooseRestore, countActions, describeTime } from "./restore.js";
import { decodeRuns, nameRuns } from "../../masks/runs.js";
import { baseOf, keyOf } from "./work.js";

/** @import { Codec } from "./codec.js" */
/** @import { ReviewDocument } from "../document.js" */
/** @import { ImageRecord, ReviewPage, WorkFacts } from "#types/review" */

/** @typedef {Pick<WorkFacts, "actions" | "from" | "at"> & { key: string | null }} About */

/**
 * @typedef {{
 *   about: About,
 *   mine: Uint8Array,
 *   theirs: Uint8Array,
 *   against: "base" | "draft" | null,
 * }} Unsaved what is known of the work, its mask, and with which one it has to be compared first, as
 *   `chooseRestore` has it.
 */

/**
 * Find what was not saved of a document that was just opened; null where there is nothing.
 * @param {Codec} codec
 * @param {ReviewDocument} document
 * @returns {Promise<Unsaved | null>}
 */
export async function findUnsaved(codec, document) {
  const { record, mask } = document;
  const kept = await loadKept(codec, record);
  const runs = record.draft && (await loadDraft(record.id));
  const known = record.draft && runs && { ...record.draft, name: nameRuns(runs) };
  const choice = chooseRestore(kept?.work, known, baseOf(record));
  if (!choice) return null;
  const needsDraft = choice.mine === "draft" || choice.against === "draft";
  const draft = needsDraft && known && runs && takeDraft(known, decodeRuns(runs, mask.length));
  const ours = choice.mine === "kept" && kept ? { about: kept.work, mask: kept.mask } : draft;
  if (!ours) return null;
  const theirs = choice.against === "draft" && draft ? draft.mask : mask.slice();
  const against = areEqual(ours.mask, theirs) ? null : choice.against;
  return { about: ours.about, mine: ours.mask, theirs, against };
}

/**
 * Work that was kept under this name, or before there was one.
 * @param {Codec} codec
 * @param {ImageRecord} record
 */
async function loadKept(codec, record) {
  const user = readUser();
  const found = await codec.ask("load", { key: keyOf(record, user) });
  return found || !user ? found : codec.ask("load", { key: keyOf(record, "") });
}

/**
 * @param {{ updated_at: string }} draft
 * @param {Uint8Array} mask
 * @returns {{ about: About, mask: Uint8Array }}
 */
function takeDraft({ updated_at }, mask) {
  const time = Date.parse(updated_at);
  return { about: { key: null, actions: 1, from: time, at: time }, mask };
}

/**
 * Say what was taken up, and how to be rid of it.
 * @param {ReviewPage} page
 * @param {About} about
 */
export function sayRestored(page, { actions, at }) {
  const them = actions === 1 ? "it" : "them";
  const away = make("button", { className: "link" }, `Throw ${them} away`);
  page.onClick(away, () => page.undo());
  const text = `Restored ${countActions(actions)} from ${describeTime(at ?? Date.now())}.`;
  page.say(`${text} Undo (Ctrl+Z) takes ${them} back. `, false, away);
}

/**
 * Show both masks and let the reviewer choose; `take(mask)` makes one the unsaved work.
 * @param {ReviewPage} page
 * @param {Unsaved} unsaved
 * @param {(mask: Uint8Array) => void} take
 */
export function offerChoice(page, { about, mine, theirs, against }, take) {
  const { document } = page;
  if (!document) return;
  const { draft } = document.record;
  const isBase = against === "base";
  const run = (/** @type {Uint8Array} */ mask) => {
    document.replace(mine);
    // Undo, or redo where theirs is what is saved, brings back what was not chosen.
    if (isBase && areEqual(mask, theirs)) document.undo();
    take(mask);
    page.panes.invalidate();
    page.describe();
    page.say(document.dirty ? "Taken up, not saved yet." : "Yours was left; redo (Ctrl+Y) brings it back.");
  };
  page.comparison.open({
    mine,
    theirs,
    names: isBase ? ["mine", "theirs"] : ["in this browser", "in the other one"],
    choices: [
      { label: isBase ? "Leave theirs" : "The other browser's", choice: "theirs", run },
      { label: isBase ? "Take mine up again" : "This browser's", choice: "mine", run },
      { label: "Both together", choice: "union", title: "What either marks", run },
      { label: "Only what both marked", choice: "intersection", run },
    ],
  });
  const what = `${countActions(about.actions)} of yours from ${describeTime(about.at ?? Date.now())}`;
  const other = draft && describeTime(draft.updated_at);
  page.say(
    isBase
      ? `Somebody changed this image meanwhile. Kept: ${what}.`
      : `You painted this image in another browser, too, at ${other}. Kept here: ${what}.`,
    true,
  );
}
