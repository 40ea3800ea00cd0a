// Buttons, sliders and selects of the Review page. All hand the focus back after the mouse used
// them, so that the page's keys go on working; from the keyboard the focus stays.

import { make } from "./dom.js";

/** @import { FocusedPage, Properties } from "#types/shared" */

/**
 * A button that shows its key.
 * @param {FocusedPage} page
 * @param {string} label
 * @param {string} key
 * @param {() => unknown} action
 * @param {Properties<HTMLButtonElement>} properties
 */
export function makeButton(page, label, key, action, properties = {}) {
  const made = make(
    "button",
    { title: `${label} (${key})`, ...properties },
    make("span", {}, label),
    make("kbd", {}, key),
  );
  page.onClick(made, action);
  return made;
}

/**
 * A button with an icon and its key; its name is said by its tooltip and to screen readers.
 * @param {FocusedPage} page
 * @param {Node} icon
 * @param {string} label
 * @param {string} key
 * @param {() => unknown} action
 */
export function makeIconButton(page, icon, label, key, action) {
  const named = make("span", { className: "aloud" }, label);
  const title = `${label} (${key})`;
  const made = make("button", { title }, icon, named, make("kbd", { ariaHidden: "true" }, key));
  page.onClick(made, action);
  return made;
}

/**
 * @param {FocusedPage} page
 * @param {string} ariaLabel
 * @param {Properties<HTMLInputElement>} properties
 * @param {() => unknown} change
 */
export function makeSlider(page, ariaLabel, properties, change) {
  const made = make("input", { type: "range", ariaLabel, ...properties });
  made.addEventListener("input", change);
  made.addEventListener("pointerup", () => page.focus());
  return made;
}

/**
 * A select; `choices` are [value, text].
 * @param {Pick<FocusedPage, "focus">} page
 * @param {string} ariaLabel
 * @param {string[][]} choices
 * @param {() => unknown} change
 */
export function makeSelect(page, ariaLabel, choices, change) {
  const made = make("select", { ariaLabel });
  fillSelect(made, choices);
  let byMouse = false;
  made.addEventListener("pointerdown", () => (byMouse = true));
  made.addEventListener("keydown", () => (byMouse = false));
  made.addEventListener("change", () => {
    if (byMouse) page.focus();
    change();
  });
  return made;
}

/**
 * @param {HTMLSelectElement} select
 * @param {string[][]} choices
 */
export function fillSelect(select, choices) {
  select.replaceChildren(...choices.map(([value, text]) => make("option", { value }, text)));
}
