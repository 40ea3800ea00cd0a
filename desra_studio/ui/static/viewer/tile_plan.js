// Which tiles of an image a view needs. No DOM here.
//
// Level k has the image halved k times; a tile covers `side` px of its level.

/** @import { Size } from "#types/masks" */
/** @import { Place, PlacedTile, View } from "#types/viewer" */

/**
 * The first level that is a single tile.
 * @param {Size} size
 * @param {number} side
 */
export const findTop = ({ width, height }, side) =>
  Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / side)));

/**
 * The level with all the pixels that a scale shows.
 * @param {number} scale
 * @param {number} top
 */
export const pickLevel = (scale, top) =>
  Math.min(top, Math.max(0, Math.floor(Math.log2(1 / scale))));

/**
 * The tiles of a level that a pane shows: { key, place }, with places in px of the image.
 * @param {Size} size of the image.
 * @param {number} side
 * @param {number} level
 * @param {View} view
 * @param {Size} pane
 * @returns {PlacedTile[]}
 */
export function listTiles(size, side, level, view, pane) {
  const step = side * 2 ** level;
  /**
   * @param {number} centre
   * @param {number} length
   * @param {number} whole
   */
  const span = (centre, length, whole) => ({
    from: Math.max(0, Math.floor((centre - length / 2 / view.scale) / step)),
    to: Math.min(Math.ceil(whole / step), Math.ceil((centre + length / 2 / view.scale) / step)),
  });
  const columns = span(view.x, pane.width, size.width);
  const rows = span(view.y, pane.height, size.height);
  /** @type {PlacedTile[]} */
  const tiles = [];
  for (let row = rows.from; row < rows.to; row++) {
    for (let column = columns.from; column < columns.to; column++) {
      tiles.push({ key: `${level}/${column}_${row}`, place: placeTile(size, step, level, column, row) });
    }
  }
  return tiles;
}

/**
 * Where a tile lies; the last px of a level may reach over the image's border.
 * @param {Size} size
 * @param {number} step
 * @param {number} level
 * @param {number} column
 * @param {number} row
 * @returns {Place}
 */
function placeTile({ width, height }, step, level, column, row) {
  const [x, y] = [column * step, row * step];
  /** @type {(whole: number, start: number) => number} */
  const length = (whole, start) => Math.min(step, Math.ceil((whole - start) / 2 ** level) * 2 ** level);
  return { x, y, width: length(width, x), height: length(height, y) };
}
