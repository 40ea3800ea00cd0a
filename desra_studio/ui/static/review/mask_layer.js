// The mask as pixels to look at: 512 px tile canvases, of which only changed parts are painted.
// One canvas for the whole mask would be copied as a whole on every write after a read.

import { drawThrough } from "./pyramid.js";

const TILE = 512;
// Orange: told apart from the blue of the interface by colour-blind people, and rare in photographs.
// As one number for a pixel, which writes several times faster than four.
const FILL = packColour(255, 138, 0);
const EDGE = packColour(255, 240, 200);

export class MaskLayer {
  constructor(mask, width, height) {
    this.mask = mask;
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / TILE);
    this.tiles = new Map();
    this.paint({ x0: 0, y0: 0, x1: width, y1: height });
  }

  /** Bring a rectangle up to date with the mask. */
  paint({ x0, y0, x1, y1 }) {
    // An edge depends on its neighbours, so the pixels around the rectangle are painted, too.
    const left = Math.max(0, x0 - 1);
    const top = Math.max(0, y0 - 1);
    const right = Math.min(this.width, x1 + 1);
    const bottom = Math.min(this.height, y1 + 1);
    for (let row = Math.floor(top / TILE); row * TILE < bottom; row++) {
      for (let column = Math.floor(left / TILE); column * TILE < right; column++) {
        this.#paintTile(row, column, {
          left: Math.max(left, column * TILE),
          top: Math.max(top, row * TILE),
          right: Math.min(right, (column + 1) * TILE),
          bottom: Math.min(bottom, (row + 1) * TILE),
        });
      }
    }
  }

  /** Draw the mask through a view: its fill with an opacity of 0 to 1, its edge always. */
  draw(context, view, pane, opacity) {
    context.imageSmoothingEnabled = view.scale < 1;
    for (const tile of this.tiles.values()) {
      context.globalAlpha = opacity;
      drawThrough(context, tile.fill, tile.place, view, pane);
      context.globalAlpha = 1;
      drawThrough(context, tile.edge, tile.place, view, pane);
    }
  }

  #paintTile(row, column, { left, top, right, bottom }) {
    const index = row * this.columns + column;
    let tile = this.tiles.get(index);
    if (!tile) {
      const place = {
        x: column * TILE,
        y: row * TILE,
        width: Math.min(TILE, this.width - column * TILE),
        height: Math.min(TILE, this.height - row * TILE),
      };
      tile = {
        place,
        fill: new OffscreenCanvas(place.width, place.height),
        edge: new OffscreenCanvas(place.width, place.height),
      };
      this.tiles.set(index, tile);
    }
    const width = right - left;
    const fill = new ImageData(width, bottom - top);
    const edge = new ImageData(width, bottom - top);
    const fillPixels = new Uint32Array(fill.data.buffer);
    const edgePixels = new Uint32Array(edge.data.buffer);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        if (!this.mask[y * this.width + x]) continue;
        const at = (y - top) * width + x - left;
        fillPixels[at] = FILL;
        if (this.#isEdge(x, y)) edgePixels[at] = EDGE;
      }
    }
    const { x, y } = tile.place;
    tile.fill.getContext("2d").putImageData(fill, left - x, top - y);
    tile.edge.getContext("2d").putImageData(edge, left - x, top - y);
  }

  #isEdge(x, y) {
    const at = y * this.width + x;
    return (
      (x > 0 && !this.mask[at - 1]) ||
      (x < this.width - 1 && !this.mask[at + 1]) ||
      (y > 0 && !this.mask[at - this.width]) ||
      (y < this.height - 1 && !this.mask[at + this.width])
    );
  }
}

/** An opaque colour in the order of bytes that this machine has. */
function packColour(...colour) {
  return new Uint32Array(Uint8Array.from([...colour, 255]).buffer)[0];
}
