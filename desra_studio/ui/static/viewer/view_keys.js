// What the keys of Review's canvas do to any panes. No DOM here.

/** @import { Viewer } from "./viewer.js" */

const PAN_PX = 60;

/**
 * The actions of keys, named as key_map.js has them, on the view of some panes.
 * @param {Pick<Viewer, "pan" | "ratio" | "step" | "toggleActualSize">} panes
 * @returns {Record<string, () => void>}
 */
export function listViewKeys(panes) {
  /** @type {(dx: number, dy: number) => () => void} */
  const pan = (dx, dy) => () => panes.pan(dx * PAN_PX * panes.ratio, dy * PAN_PX * panes.ratio);
  return {
    z: () => panes.toggleActualSize(),
    "+": () => panes.step(1),
    "=": () => panes.step(1),
    "-": () => panes.step(-1),
    arrowleft: pan(1, 0),
    arrowright: pan(-1, 0),
    arrowup: pan(0, 1),
    arrowdown: pan(0, -1),
  };
}
