// The keys of the Review page at work; which key does what is in key_map.js.

import { nameKey } from "../../shared/key_map.js";

/** @import { Action, ReviewPage } from "#types/review" */

/** @param {Element} target */
const typesText = (target) =>
  target.matches("textarea, select, input:not([type=range], [type=checkbox])");

/**
 * Whether an action leaves the mask and what is said about it alone, or sees itself whether it may.
 * @param {Action} action
 */
const isFree = ({ id, group }) =>
  ["View", "Panels", "Help"].includes(group) ||
  ["previous", "next", "next-open", "undo", "redo"].includes(id);

/**
 * Let the keys work wherever the focus is inside the root, but not while text is typed.
 * @param {HTMLElement} root
 * @param {ReviewPage} page
 */
export function bindKeys(root, page) {
  /** @type {Map<string, Action>} */
  const held = new Map();
  const letGo = (/** @type {string} */ code) => {
    held.get(code)?.hold?.(false);
    held.delete(code);
  };
  const take = (/** @type {KeyboardEvent} */ event) => {
    const { target } = event;
    if (!(target instanceof Element) || target.closest("dialog") || typesText(target)) return;
    if (!page.document || event.altKey) return;
    if (event.defaultPrevented) return; // what has the focus used it
    const key = nameKey(event);
    const onControl = target.matches("button, a, input");
    // On a button or slider its own keys come first.
    if (onControl && /^(enter| |arrow.*)$/.test(key)) return;
    if (page.toolbox.takeKey(key, event)) return event.preventDefault();
    if (page.panes.gesture) return event.preventDefault(); // a stroke ends before anything else
    const { action } = page.keyMap.find(event) ?? {};
    if (!action) return;
    event.preventDefault();
    if (!isFree(action) && page.sayFrozen()) return;
    if (action.hold) {
      if (held.has(event.code)) return;
      held.set(event.code, action);
      action.hold(true);
      return;
    }
    // A key held down must not judge images that nobody has seen.
    if (event.repeat && action.once) return;
    action.run?.(event);
  };
  root.addEventListener("keydown", take);
  // A button that had the focus may have gone, or be of no use any more: nothing has it then.
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || !root.isConnected) return;
    page.focus();
    take(event);
  });
  // By code: with Shift let go first, or another layout, the same key types something else.
  root.addEventListener("keyup", (event) => letGo(event.code));
  window.addEventListener("blur", () => [...held.keys()].forEach((code) => letGo(code)));
}
