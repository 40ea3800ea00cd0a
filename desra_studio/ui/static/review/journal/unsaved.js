// Work that was not saved when its image was opened last: found, offered, and spoken of.

import { make } from "../../shared/dom.js";
import { loadDraft } from "./drafts_api.js";
import { readUser } from "../../shared/user.js";
import { areEqual } from "../../masks/difference.js";
import { chooseRestore, countActions, describeTime } from "./restore.js";
import { decodeRuns, nameRuns } from "../../masks/runs.js";
import { baseOf, keyOf } from "./work.js";

/**
 * Find what was not saved of a document that was just opened.
 *
 * @returns {Promise<object?>} { about, mine, theirs, against }: what is known of the work, its mask,
 *   and with which one it has to be compared first: "base" or "draft" as `chooseRestore` has it, or
 *   null. Null where there is nothing.
 */
export async function findUnsaved(codec, document) {
  const { record, mask } = document;
  const kept = await loadKept(codec, record);
  const runs = record.draft && (await loadDraft(record.id));
  const known = runs && { ...record.draft, name: nameRuns(runs) };
  const choice = chooseRestore(kept?.work, known, baseOf(record));
  if (!choice) return null;
  const isKept = choice.mine === "kept";
  const needsDraft = !isKept || choice.against === "draft";
  const draft = needsDraft ? decodeRuns(runs, mask.length) : null;
  const mine = isKept ? kept.mask : draft;
  const theirs = choice.against === "draft" ? draft : mask.slice();
  const against = areEqual(mine, theirs) ? null : choice.against;
  return { about: isKept ? kept.work : describeDraft(record.draft), mine, theirs, against };
}

/** Work that was kept under this name, or before there was one. */
async function loadKept(codec, record) {
  const user = readUser();
  const found = await codec.ask("load", { key: keyOf(record, user) });
  return found || !user ? found : codec.ask("load", { key: keyOf(record, "") });
}

function describeDraft({ updated_at }) {
  const time = Date.parse(updated_at);
  return { key: null, actions: 1, from: time, at: time };
}

/** Say what was taken up, and how to be rid of it. */
export function sayRestored(page, { actions, at }) {
  const them = actions === 1 ? "it" : "them";
  const away = make("button", { className: "link" }, `Throw ${them} away`);
  page.onClick(away, () => page.undo());
  const text = `Restored ${countActions(actions)} from ${describeTime(at)}.`;
  page.say(`${text} Undo (Ctrl+Z) takes ${them} back. `, false, away);
}

/** Show both masks and let the reviewer choose; `take(mask)` makes one the unsaved work. */
export function offerChoice(page, { about, mine, theirs, against }, take) {
  const { document } = page;
  const { draft } = document.record;
  const isBase = against === "base";
  const run = (mask) => {
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
  const what = `${countActions(about.actions)} of yours from ${describeTime(about.at)}`;
  const other = isBase ? null : describeTime(draft.updated_at);
  page.say(
    isBase
      ? `Somebody changed this image meanwhile. Kept: ${what}.`
      : `You painted this image in another browser, too, at ${other}. Kept here: ${what}.`,
    true,
  );
}
