// A forest plot as places: one row per image, the whole of them last. No DOM here.

/** @import { ForestRow, Interval, Pair } from "#types/studies" */

/**
 * Rows of images by their share, the clearest wins first.
 * @param {Pair} pair
 * @returns {ForestRow[]}
 */
export function listRows(pair) {
  if (!pair.votes || pair.share === null) return [];
  const images = [...pair.by_image].sort((one, other) => other.share - one.share);
  /**
   * @param {string} title
   * @param {ForestRow["kind"]} kind
   * @param {number} share
   * @param {Interval | null} interval
   * @param {string} text
   * @param {number | null} image
   */
  const row = (title, kind, share, interval, text, image = null) => ({
    title,
    kind,
    image,
    share,
    low: interval ? interval[0] : null,
    high: interval ? interval[1] : null,
    text,
  });
  return [
    ...images.map((one) =>
      row(one.image, "image", one.share, one.interval, `${one.votes}`, one.image_id),
    ),
    row("All, voters × images", "whole", pair.share, pair.interval, `${pair.votes}`),
    row("If votes were independent", "naive", pair.share, pair.wilson, ""),
  ];
}

/**
 * At most so many images are drawn: the most decided at both ends, with what was left out.
 * @param {ForestRow[]} rows
 * @param {number} most
 */
export function cutRows(rows, most) {
  const images = rows.filter(({ kind }) => kind === "image");
  const rest = rows.filter(({ kind }) => kind !== "image");
  if (images.length <= most) return { rows, left: 0 };
  const first = images.slice(0, Math.ceil(most / 2));
  const last = images.slice(images.length - Math.floor(most / 2));
  return { rows: [...first, ...last, ...rest], left: images.length - most };
}
