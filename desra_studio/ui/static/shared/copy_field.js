// A link that is there to be copied.

import { make } from "./dom.js";

/**
 * A read-only address with a button that copies it.
 * @param {string} path
 * @param {string} name whose link it is.
 */
export function buildCopy(path, name) {
  const value = new URL(path, location.origin).href;
  const field = make("input", { type: "text", readOnly: true, value, ariaLabel: `Link of ${name}` });
  field.addEventListener("focus", () => field.select());
  const button = make("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    } catch {
      field.select(); // where the browser keeps pages off the clipboard, Ctrl+C is left
    }
  });
  return make("span", { className: "copy" }, field, button);
}
