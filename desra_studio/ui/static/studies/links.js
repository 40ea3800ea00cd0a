// The links by which people vote: an open one, and personal ones.

import { buildCopy } from "../shared/copy_field.js";
import { make } from "../shared/dom.js";
import { readLines } from "./order.js";

/** @import { Study } from "#types/studies" */

/** @typedef {(labels: string[], days: number | null) => Promise<unknown>} OnMake */

/**
 * Links of a study, and the form that makes more.
 *
 * @param {Study} study
 * @param {OnMake} onMake
 */
export function buildLinks(study, onMake) {
  const { open, personal } = study.links;
  const rows = personal.map(({ label, link, done, trials, expires_at: expires }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, label),
      make("td", {}, buildCopy(link, label)),
      make("td", {}, trials ? `${done} of ${trials}` : "not begun"),
      make("td", {}, expires ? `until ${expires.slice(0, 10)}` : ""),
    ),
  );
  // Once it is over, what was found comes first.
  return make(
    "details",
    { className: "links", open: study.state !== "closed" },
    make("summary", {}, "Links"),
    make(
      "p",
      {},
      "Anybody with the ", make("strong", {}, "open link"), " can join, once per device. ",
      `${study.joined} joined so far.`,
    ),
    buildCopy(open, "everybody"),
    ...(rows.length ? [make("div", { className: "scroll" }, make("table", {}, ...rows))] : []),
    ...(study.state === "closed" ? [] : [buildMore(onMake)]),
  );
}

/** @param {OnMake} onMake */
function buildMore(onMake) {
  const names = make("textarea", { rows: 2, ariaLabel: "Names of voters, one per line", placeholder: "Names, one per line" });
  const days = make("input", { type: "text", inputMode: "numeric", value: "30", ariaLabel: "Days until links expire" });
  const message = make("p", { className: "message", role: "alert" });
  const button = make("button", { type: "button", className: "needs-curator" }, "Make personal links");
  button.addEventListener("click", async () => {
    button.disabled = true;
    message.textContent = "";
    try {
      await onMake(readLines(names.value), days.value.trim() === "" ? null : Number(days.value));
    } catch (error) {
      message.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
  const valid = make("label", {}, "valid for ", days, " days");
  return make("div", { className: "more" }, names, make("div", {}, button, valid), message);
}
