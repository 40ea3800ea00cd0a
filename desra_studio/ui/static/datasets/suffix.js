// The question whether names that differ by an ending belong together, before an import starts.

import { Refusal, postJson } from "../shared/api.js";
import { make } from "../shared/dom.js";

/** @import { RefusalAnswer } from "#types/shared" */

/**
 * Start an import; where names would match without an ending, somebody is asked first.
 * @param {string} path
 * @param {Record<string, unknown>} order
 */
export async function postImport(path, order) {
  try {
    return await postJson(path, order);
  } catch (error) {
    if (!(error instanceof Refusal) || error.answer.suffix === undefined) throw error;
    const suffix = await askSuffix(error.answer);
    if (suffix === null) throw new Error("Nothing was imported.", { cause: error });
    return postJson(path, { ...order, suffix });
  }
}

/**
 * What the question says.
 * @param {RefusalAnswer} answer
 */
export const tellPairs = ({ suffix, pairs = 0, examples }) =>
  `${pairs === 1 ? "1 name differs" : `${pairs} names differ`} from another by ${suffix}: ${examples}.`;

/**
 * Ask, and answer with the ending to leave away: "" for none, null to import nothing.
 * @param {RefusalAnswer} answer
 * @returns {Promise<string | null>}
 */
function askSuffix(answer) {
  const title = make("h2", { id: "studio-suffix-title" }, "Do these belong together?");
  const match = make("button", { value: "match", className: "start" }, "Match them");
  const dialog = make(
    "dialog",
    { "aria-labelledby": title.id },
    make(
      "form",
      { method: "dialog" },
      title,
      make("p", {}, tellPairs(answer)),
      make(
        "div",
        { className: "buttons" },
        make("button", { value: "cancel" }, "Cancel"),
        make("button", { value: "keep" }, "Leave names as they are"),
        match,
      ),
    ),
  );
  const holder = make("div", { className: "studio-datasets" }, dialog);
  document.body.append(holder);
  dialog.showModal();
  match.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      holder.remove();
      const chosen = { match: answer.suffix ?? "", keep: "" };
      resolve(chosen[/** @type {"match" | "keep"} */ (dialog.returnValue)] ?? null);
    });
  });
}
