// What the buttons of the Scores page do. Each gets what the page's fields hold, in their order.

import { tell } from "../shared/actions.js";
import { API, loadLoop, postJson } from "../shared/api.js";
import { addressed } from "../shared/dom.js";

/**
 * @param {string} action
 * @param {object} value
 */
const send = (action, value) =>
  tell(async () => {
    const { dataset } = await loadLoop(addressed("dataset"));
    await postJson(`${API}/datasets/${dataset}/${action}`, value);
  });

/**
 * @param {string[]} baselines
 * @param {number | null} contrast
 * @param {string} network
 * @param {number | null} size
 */
export const startComparing = (baselines, contrast, network, size) =>
  send("compare", { baselines, contrast, network, input_px: size ?? 0 });

/**
 * Trace the curve of the detector that is chosen in the table.
 * @param {{ chosen: string }} table
 */
export const startCurve = ({ chosen }) => send("curve", { detector: chosen });
