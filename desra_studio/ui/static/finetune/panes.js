// Panes in a page that has more to do: they take the keys while they have the focus.

import { nameKeys } from "../shared/key_map.js";
import { ImagePanes } from "../viewer/image_panes.js";
import { listViewKeys } from "../viewer/view_keys.js";

const HELP = "Arrow keys move all, + and − zoom, Z is fit or 1:1, 0 or a double click shows all of it";

/** Panes of pictures by id, { id: title }. */
export function makePanes(titles, ariaLabel) {
  const named = Object.entries(titles).map(([id, title]) => ({ id, title }));
  const panes = new ImagePanes(named, { onPress: (canvas) => canvas.focus(), leavesWheel });
  const { element } = panes;
  // No tooltip: it would lie over the pixels.
  Object.assign(element, { role: "group", ariaLabel, ariaDescription: HELP });
  for (const canvas of element.querySelectorAll("canvas")) canvas.tabIndex = 0;
  const keys = { ...listViewKeys(panes), 0: () => panes.fit() };
  element.addEventListener("dblclick", () => panes.fit());
  element.addEventListener("keydown", (event) => {
    const key = nameKeys(event).find((name) => Object.hasOwn(keys, name));
    if (!key) return;
    event.preventDefault();
    keys[key]();
  });
  return panes;
}

/** Without Ctrl or the focus the wheel would zoom where somebody only scrolls the page past. */
const leavesWheel = ({ ctrlKey, target }) =>
  !ctrlKey && document.activeElement !== target && canScroll(target.parentElement);

function canScroll(element) {
  if (!element) return false;
  const isRoot = element === document.scrollingElement;
  const isCut = element.scrollHeight > element.clientHeight;
  const scrolls = isRoot || ["auto", "scroll"].includes(getComputedStyle(element).overflowY);
  return (isCut && scrolls) || canScroll(element.parentElement);
}
