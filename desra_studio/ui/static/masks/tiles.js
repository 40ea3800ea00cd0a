// A mask in squares of 128 px, numbered row by row: what undo and the journal keep of a change.

/** @import { Rectangle } from "#types/masks" */

export const TILE = 128;

/**
 * How many tiles an image has.
 * @param {number} width
 * @param {number} height
 */
export const countTiles = (width, height) => Math.ceil(width / TILE) * Math.ceil(height / TILE);

/**
 * The pixels { x0, y0, x1, y1 } of a tile, cut at the image's edges.
 * @param {number} index
 * @param {number} width
 * @param {number} height
 * @returns {Rectangle}
 */
export function placeTile(index, width, height) {
  const columns = Math.ceil(width / TILE);
  const x0 = (index % columns) * TILE;
  const y0 = Math.floor(index / columns) * TILE;
  return { x0, y0, x1: Math.min(width, x0 + TILE), y1: Math.min(height, y0 + TILE) };
}

/**
 * Copy a tile out of a mask, row by row.
 * @param {Uint8Array} mask
 * @param {number} index
 * @param {number} width
 * @param {number} height
 */
export function readTile(mask, index, width, height) {
  const { x0, y0, x1, y1 } = placeTile(index, width, height);
  const tile = new Uint8Array((x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y++) {
    tile.set(mask.subarray(y * width + x0, y * width + x1), (y - y0) * (x1 - x0));
  }
  return tile;
}

/**
 * Write a tile into a mask.
 * @param {Uint8Array} mask
 * @param {number} index
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array} tile
 */
export function writeTile(mask, index, width, height, tile) {
  const { x0, y0, x1, y1 } = placeTile(index, width, height);
  for (let y = y0; y < y1; y++) {
    mask.set(tile.subarray((y - y0) * (x1 - x0), (y - y0 + 1) * (x1 - x0)), y * width + x0);
  }
}
