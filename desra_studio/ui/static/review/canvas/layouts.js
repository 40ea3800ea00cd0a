// How many panes there are and what each shows. No DOM here.

import { isView } from "../views.js";

/** @import { Layout } from "#types/review" */

export const MOST_PANES = 4;
/** @type {Layout} */
const FIRST = {
  count: 3,
  views: {
    1: ["mask"],
    2: ["gan", "mse"],
    3: ["gan", "mse", "mask"],
    4: ["gan", "mse", "mask", "map"],
  },
};

/** The layout { count, views: { 1: [id], 2: [id, id] ... } } to begin with. */
export const makeLayout = () => structuredClone(FIRST);

/**
 * A layout from what was stored, however old or damaged that is.
 * @param {string | null} text
 */
export function readLayout(text) {
  const layout = makeLayout();
  let stored;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    return layout;
  }
  if (stored?.count in layout.views) layout.count = Number(stored.count);
  for (const [count, views] of Object.entries(layout.views)) {
    const kept = stored?.views?.[count];
    views.forEach((_, index) => {
      if (isView(kept?.[index])) views[index] = kept[index];
    });
  }
  return layout;
}

/**
 * The ids of the views that a layout shows, one for each pane.
 * @param {Layout} layout
 */
export const listShown = ({ count, views }) => views[count];

/**
 * The layout with one pane more, from the most on to one.
 * @param {Layout} layout
 * @returns {Layout}
 */
export const takeNext = (layout) => ({ ...layout, count: (layout.count % MOST_PANES) + 1 });

/**
 * The layout with another view in one of its panes.
 * @param {Layout} layout
 * @param {number} index
 * @param {string} id
 * @returns {Layout}
 */
export function chooseView({ count, views }, index, id) {
  return { count, views: { ...views, [count]: views[count].with(index, id) } };
}
