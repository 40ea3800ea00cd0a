// What somebody is asked before an import starts: whether names that differ by an ending belong
// together, and what GAN-SR is compared with where there is no MSE-SR.

import { Refusal, postJson } from "../shared/api.js";
import { make } from "../shared/dom.js";

/** @import { RefusalAnswer } from "#types/shared" */

const CANCEL = "cancel";

/**
 * Start an import; each question that the server has is put to somebody first, once.
 * @param {string} path
 * @param {Record<string, unknown>} order
 */
export async function postImport(path, order) {
  try {
    return await postJson(path, order);
  } catch (error) {
    const question = error instanceof Refusal ? findQuestion(error.answer, order) : null;
    if (!question) throw error;
    const answer = await question();
    if (!answer) throw new Error("Nothing was imported.", { cause: error });
    return postImport(path, { ...order, ...answer });
  }
}

/**
 * What the server wants to know; null where it is something else that it refuses for.
 * @param {RefusalAnswer} refusal
 * @param {Record<string, unknown>} order
 */
function findQuestion(refusal, order) {
  if (refusal.suffix !== undefined && order.suffix === undefined) return () => askSuffix(refusal);
  if (refusal.references && order.reference === undefined) return () => askReference(refusal.references ?? {});
  return null;
}

/**
 * What the question about names says.
 * @param {RefusalAnswer} answer
 */
export const tellPairs = ({ suffix, pairs = 0, examples }) =>
  `${pairs === 1 ? "1 name differs" : `${pairs} names differ`} from another by ${suffix}: ${examples}.`;

/**
 * Ask for the ending to leave away: "" for none, null to import nothing.
 * @param {RefusalAnswer} answer
 */
async function askSuffix(answer) {
  const chosen = await ask("Do these belong together?", tellPairs(answer), [
    ["keep", "Leave names as they are"],
    ["match", "Match them"],
  ]);
  return chosen && { suffix: chosen === "match" ? answer.suffix : "" };
}

/**
 * Ask what to compare with; null to import nothing.
 * @param {Record<string, string>} references what there is -> what people call it.
 */
async function askReference(references) {
  const told =
    "There is no MSE-SR, the output of the same model trained on MSE alone. Compared with " +
    "something else, honest detail differs, too: more of it is marked.";
  const choices = Object.entries(references).map(
    ([spelling, title]) => /** @type {[string, string]} */ ([spelling, `Compare with ${title}`]),
  );
  const reference = await ask("What is GAN-SR compared with?", told, choices.reverse());
  return reference && { reference };
}

/**
 * Ask, and answer with the value of the button that was pressed; null for none. The last is usual.
 * @param {string} question
 * @param {string} told
 * @param {[value: string, text: string][]} choices
 * @returns {Promise<string | null>}
 */
function ask(question, told, choices) {
  const title = make("h2", { id: "studio-asking-title" }, question);
  const buttons = choices.map(([value, text]) => make("button", { value }, text));
  const usual = buttons[buttons.length - 1];
  usual.className = "start";
  const dialog = make(
    "dialog",
    { "aria-labelledby": title.id },
    make(
      "form",
      { method: "dialog" },
      title,
      make("p", {}, told),
      make("div", { className: "buttons" }, make("button", { value: CANCEL }, "Cancel"), ...buttons),
    ),
  );
  const holder = make("div", { className: "studio-datasets" }, dialog);
  document.body.append(holder);
  dialog.showModal();
  usual.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      holder.remove();
      resolve(choices.some(([value]) => value === dialog.returnValue) ? dialog.returnValue : null);
    });
  });
}
