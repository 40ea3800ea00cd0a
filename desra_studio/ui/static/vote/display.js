// Whether this screen shows pictures as they are. No DOM here.

/** @import { Display } from "#types/vote" */

/**
 * @typedef {Pick<Window, "devicePixelRatio" | "innerWidth" | "innerHeight" | "outerWidth"> & {
 *   scale?: number,
 * }} ScreenValues
 */

/**
 * What a screen is like, from the values that a browser tells.
 * @param {ScreenValues} values
 * @returns {Display}
 */
export function measureDisplay({ devicePixelRatio, innerWidth, innerHeight, outerWidth, scale }) {
  const zoom = outerWidth > 0 ? outerWidth / innerWidth : 1;
  // Scroll bars and frames make it 1.0-something: only steps that browsers have count as zoom.
  const isZoomed = Math.abs(zoom - 1) > 0.06 && !Number.isInteger(devicePixelRatio);
  return {
    zoom: Number(((isZoomed ? zoom : 1) * (scale ?? 1)).toFixed(2)),
    ratio: Number(devicePixelRatio.toFixed(3)),
    width: innerWidth,
    height: innerHeight,
  };
}

/**
 * The display in rows: { title, value, good, advice }.
 * @param {Display} display
 */
export function checkDisplay({ zoom, ratio, width, height }) {
  const wide = width >= 700 && height >= 500;
  return [
    {
      title: "Browser zoom",
      value: `${Math.round(100 * zoom)} %`,
      good: zoom === 1,
      advice: "Press Ctrl+0, so that the browser does not enlarge the page.",
    },
    {
      title: "Pixel ratio",
      value: String(ratio),
      good: Number.isInteger(ratio),
      advice: "Your system scales the screen by a fraction; set it to 100 % or 200 % if you can.",
    },
    {
      title: "Window",
      value: `${width} x ${height}`,
      good: wide,
      advice: "Make the window larger, or use a larger screen; you can also move the pictures.",
    },
  ];
}
