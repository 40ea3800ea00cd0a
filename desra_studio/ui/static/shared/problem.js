// What went wrong, in a line that screen readers say at once. Python or a script of ours hands it
// over as text; an empty one shows nothing.

import { find } from "./dom.js";

/** @import { Props, Watch } from "#types/shared" */

/**
 * @param {Element} element
 * @param {Props<string>} props
 * @param {Watch} watch
 */
export function mount(element, props, watch) {
  const root = find(element, ".studio-problem", HTMLElement);
  root.setAttribute("role", "alert");
  const show = () => {
    root.textContent = props.value ?? "";
    root.hidden = !props.value;
  };
  watch("value", show);
  show();
}
