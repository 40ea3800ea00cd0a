// Pure geometry: the view shared by all panes, and the pixels of a round brush. No DOM here.

/** A view is { x, y, scale }: the image point at the pane's centre, and screen px per image px. */

export const MAX_SCALE = 64;

/** The view that shows a whole image in a pane, never enlarging it above `limit`. */
export function fitView(image, pane, limit = 8) {
  const scale = Math.min(pane.width / image.width, pane.height / image.height, limit);
  return { x: image.width / 2, y: image.height / 2, scale };
}

/** Image coordinates of a point in the pane. */
export function toImage(view, pane, point) {
  return {
    x: view.x + (point.x - pane.width / 2) / view.scale,
    y: view.y + (point.y - pane.height / 2) / view.scale,
  };
}

/** Pane coordinates of a point in the image. */
export function toPane(view, pane, point) {
  return {
    x: (point.x - view.x) * view.scale + pane.width / 2,
    y: (point.y - view.y) * view.scale + pane.height / 2,
  };
}

/** Zoom by a factor so that the image point under `point` stays there. */
export function zoomAt(view, pane, point, factor, image) {
  const smallest = Math.min(1, fitView(image, pane).scale / 4);
  const scale = Math.min(MAX_SCALE, Math.max(smallest, view.scale * factor));
  const fixed = toImage(view, pane, point);
  return keepInside(
    {
      x: fixed.x - (point.x - pane.width / 2) / scale,
      y: fixed.y - (point.y - pane.height / 2) / scale,
      scale,
    },
    image,
  );
}

/** Move the view by a distance in screen px. */
export function panBy(view, dx, dy, image) {
  return keepInside({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale }, image);
}

/** Keep the pane's centre over the image, so that the image cannot be lost. */
export function keepInside(view, image) {
  return {
    ...view,
    x: Math.min(image.width, Math.max(0, view.x)),
    y: Math.min(image.height, Math.max(0, view.y)),
  };
}

/**
 * The view that shows a box, as near to the present one as can be: it is zoomed only where the box
 * would be tiny or fill the pane, then to a third of it, and panned no further than needed.
 */
export function revealBox(view, pane, [x, y, width, height], image) {
  const fill = Math.max((width * view.scale) / pane.width, (height * view.scale) / pane.height);
  const fitted = Math.min(view.scale, fitView(image, pane).scale);
  const largest = Math.max(view.scale, 8);
  const fits = fill >= 1 / 6 && fill <= 2 / 3;
  const scale = fits ? view.scale : Math.min(largest, Math.max(fitted, view.scale / fill / 3));
  const shift = (at, start, size, paneSize) => {
    const half = (0.46 * paneSize) / scale;
    if (size > 2 * half) return start + size / 2;
    return Math.min(start + half, Math.max(start + size - half, at));
  };
  return {
    x: shift(view.x, x, width, pane.width),
    y: shift(view.y, y, height, pane.height),
    scale,
  };
}

/**
 * Rows of pixels under a round brush drawn from one point to another.
 *
 * A pixel belongs to it where its centre is at most `radius` from the line; the pixel under each
 * end always does, so that the smallest brush paints.
 * @returns {{ y: number, from: number, to: number }[]} spans [from, to) inside the image.
 */
export function brushSpans(start, end, radius, image) {
  const left = new Map();
  const right = new Map();
  const include = (y, from, to) => {
    if (y < 0 || y >= image.height) return;
    const low = Math.max(0, from);
    const high = Math.min(image.width, to);
    if (low >= high) return;
    left.set(y, Math.min(left.get(y) ?? low, low));
    right.set(y, Math.max(right.get(y) ?? high, high));
  };
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const steps = Math.max(1, Math.ceil(length * 2));
  for (let step = 0; step <= steps; step++) {
    const cx = start.x + ((end.x - start.x) * step) / steps;
    const cy = start.y + ((end.y - start.y) * step) / steps;
    include(Math.floor(cy), Math.floor(cx), Math.floor(cx) + 1);
    for (let y = Math.ceil(cy - radius - 0.5); y <= Math.floor(cy + radius - 0.5); y++) {
      const dy = y + 0.5 - cy;
      const half = Math.sqrt(Math.max(0, radius * radius - dy * dy));
      include(y, Math.ceil(cx - half - 0.5), Math.floor(cx + half - 0.5) + 1);
    }
  }
  return [...left.keys()].sort((a, b) => a - b).map((y) => ({ y, from: left.get(y), to: right.get(y) }));
}

/** The rectangle { x0, y0, x1, y1 } around spans, or null where there are none. */
export function boundSpans(spans) {
  if (spans.length === 0) return null;
  let [x0, x1] = [Infinity, -Infinity];
  for (const { from, to } of spans) {
    if (from < x0) x0 = from;
    if (to > x1) x1 = to;
  }
  return { x0, y0: spans[0].y, x1, y1: spans.at(-1).y + 1 };
}
