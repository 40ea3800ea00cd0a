// An image in halving sizes, so that a small view of a large image is quick and free of aliasing.

const SMALLEST = 512;

export class Pyramid {
  constructor(levels) {
    this.levels = levels;
    this.width = levels[0].width;
    this.height = levels[0].height;
  }

  static build(bitmap) {
    const levels = [bitmap];
    let last = bitmap;
    while (Math.max(last.width, last.height) > SMALLEST) {
      const half = new OffscreenCanvas(Math.ceil(last.width / 2), Math.ceil(last.height / 2));
      const context = half.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(last, 0, 0, half.width, half.height);
      last = half;
      levels.push(half);
    }
    return new Pyramid(levels);
  }

  /** Draw the whole image through a view; pixels are crisp above 1:1. */
  draw(context, view, pane) {
    const index = Math.min(
      this.levels.length - 1,
      Math.max(0, Math.floor(Math.log2(1 / view.scale))),
    );
    const level = this.levels[index];
    context.imageSmoothingEnabled = view.scale < 1;
    drawThrough(context, level, { x: 0, y: 0, width: this.width, height: this.height }, view, pane);
  }
}

/** Draw what lies at a place of the image, cut to what the pane shows. */
export function drawThrough(context, source, place, view, pane) {
  const left = Math.max(place.x, Math.floor(view.x - pane.width / 2 / view.scale));
  const top = Math.max(place.y, Math.floor(view.y - pane.height / 2 / view.scale));
  const right = Math.min(place.x + place.width, Math.ceil(view.x + pane.width / 2 / view.scale));
  const bottom = Math.min(place.y + place.height, Math.ceil(view.y + pane.height / 2 / view.scale));
  if (right <= left || bottom <= top) return;
  const fx = source.width / place.width;
  const fy = source.height / place.height;
  context.drawImage(
    source,
    (left - place.x) * fx,
    (top - place.y) * fy,
    (right - left) * fx,
    (bottom - top) * fy,
    (left - view.x) * view.scale + pane.width / 2,
    (top - view.y) * view.scale + pane.height / 2,
    (right - left) * view.scale,
    (bottom - top) * view.scale,
  );
}
