// What a row of the queue says about an image.

import { formatShare } from "./queue_filters.js";

/** @import { Order, QueueItem } from "#types/review" */

export const MARKS = {
  unreviewed: "○",
  "in progress": "◐",
  accepted: "●",
  clean: "✓",
  skipped: "–",
};

/**
 * @param {number} number
 * @param {string} word
 */
const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
/** @param {number | null} value */
const figure = (value) => (value === null ? "" : value.toFixed(2));

/**
 * The figure that the list is ordered by; by name, how many artifacts were detected.
 * @param {QueueItem} item
 * @param {Order} order
 */
export function writeFigure(item, order) {
  if (order === "area") return item.area_share === null ? "" : formatShare(item.area_share);
  if (order === "flagged") return item.flags.length ? `⚑ ${item.flags.length}` : "";
  return order === "name" ? `${item.regions || ""}` : figure(item[order]);
}

/**
 * Small marks: what a person looks out for, the most pressing first.
 * @param {QueueItem} item
 * @param {Order} order
 */
export function listBadges(item, order) {
  const { opinions } = item;
  return [
    item.claimed_by && `✎ ${item.claimed_by}`,
    item.veiled && "blind",
    order !== "flagged" && item.flags.length > 0 && `⚑ ${item.flags.length}`,
    item.severity !== null && `▲ ${item.severity}`,
    opinions && `◫ ${opinions.given}/${opinions.wanted}`,
    item.assigned_to && `→ ${item.assigned_to}`,
  ].filter(Boolean);
}

/**
 * Everything a row knows, in words.
 * @param {QueueItem} item
 */
export function describeItem(item) {
  const { opinions } = item;
  return [
    `${item.name}: ${item.state}, ` +
      (item.regions === null ? "labelled blind" : `${count(item.regions, "artifact")} detected`),
    item.area_share !== null && item.area_share > 0 && `${formatShare(item.area_share)} of the area`,
    item.severity !== null && `severity ${item.severity}`,
    item.kinds.length > 0 && item.kinds.join(", "),
    ...item.flags.map(({ source, note }) => `flagged by ${source}${note && `: ${note}`}`),
    opinions && `${opinions.given} of ${opinions.wanted} opinions`,
    item.annotator && `by ${item.annotator}`,
    item.assigned_to && `for ${item.assigned_to}`,
    item.claimed_by && `${item.claimed_by} works on it now`,
  ]
    .filter(Boolean)
    .join("; ");
}

/**
 * Length of the bar, 0 to 1: the root of the area share, so that small artifacts are seen, too.
 * @param {QueueItem} item
 */
export const barLength = (item) => Math.sqrt(Math.min(1, Math.max(0, item.area_share ?? 0)));
