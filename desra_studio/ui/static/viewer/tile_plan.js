// Which tiles of an image a view needs. No DOM here.
//
// Level k has the image halved k times; a tile covers `side` px of its level.

/** The first level that is a single tile. */
export const findTop = ({ width, height }, side) =>
  Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / side)));

/** The level with all the pixels that a scale shows. */
export const pickLevel = (scale, top) =>
  Math.min(top, Math.max(0, Math.floor(Math.log2(1 / scale))));

/** The tiles of a level that a pane shows: { key, place }, with places in px of the image. */
export function listTiles(size, side, level, view, pane) {
  const step = side * 2 ** level;
  const span = (centre, length, whole) => ({
    from: Math.max(0, Math.floor((centre - length / 2 / view.scale) / step)),
    to: Math.min(Math.ceil(whole / step), Math.ceil((centre + length / 2 / view.scale) / step)),
  });
  const columns = span(view.x, pane.width, size.width);
  const rows = span(view.y, pane.height, size.height);
  const tiles = [];
  for (let row = rows.from; row < rows.to; row++) {
    for (let column = columns.from; column < columns.to; column++) {
      tiles.push({ key: `${level}/${column}_${row}`, place: placeTile(size, step, level, column, row) });
    }
  }
  return tiles;
}

/** Where a tile lies; the last px of a level may reach over the image's border. */
function placeTile({ width, height }, step, level, column, row) {
  const [x, y] = [column * step, row * step];
  const length = (whole, start) => Math.min(step, Math.ceil((whole - start) / 2 ** level) * 2 ** level);
  return { x, y, width: length(width, x), height: length(height, y) };
}
