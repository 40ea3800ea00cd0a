// Icons of the tools: our own strokes on a grid of 20 by 20, in the colour of the text around them.

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} */
const PATHS = {
  brush: "M16.5 3.5 9 11M9.5 11.5c-2-2-4.5-.5-4.5 2 0 1.5-1 2.5-2 3 3.5.8 7 0 7.5-2.5.2-1-.2-1.8-1-2.5Z",
  eraser: "M11 4 4 11a1.5 1.5 0 0 0 0 2l3 3h3.5L16 10.5a1.5 1.5 0 0 0 0-2L12.5 4A1 1 0 0 0 11 4ZM7.5 7.5 13 13M7 16h10",
  polygon: "M4 7.5 11 3.5 16.5 9 13 16.5 5 15Z",
  lasso: "M6 12.5C1.5 9.5 4 4 10.5 4S19 9 14.5 11.5C11.5 13.2 8 13 6.5 12S4.5 9.8 6 10s2 2.5 1 4-2 2-2 3",
  wand: "M3.5 16.5 11 9M13.5 2.5v3M13.5 9.5v3M8.5 7.5h3M15.5 7.5h3",
  split: "M4 16 16 4M8 3.5H5.5a2 2 0 0 0-2 2V8M12 16.5h2.5a2 2 0 0 0 2-2V12",
  component: "M3 12.5c-.5-3 2-4.5 4-6s5-3 7-.5.5 4.5 2 6.5-1.5 5-5 4.5-7.5-1-8-4.5ZM7 11l2.2 2.2L13.5 9",
  pan: "M10 3v14M3 10h14M8 5l2-2 2 2M8 15l2 2 2-2M5 8l-2 2 2 2M15 8l2 2-2 2",
  cursor: "M10 2.5V8M10 12v5.5M2.5 10H8M12 10h5.5M10 10h.01",
  holes: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM8 11.5 11.5 8M9.5 12.5l3-3",
  grow: "M8 8h4v4H8ZM3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  shrink: "M10 10h.01M7 3v4H3M17 7h-4V3M13 17v-4h4M3 13h4v4",
  undo: "M4 8h8a4.5 4.5 0 0 1 0 9H8M7.5 4 4 8l3.5 4",
  redo: "M16 8H8a4.5 4.5 0 0 0 0 9h4M12.5 4 16 8l-3.5 4",
};

/**
 * An icon by name; it says nothing to screen readers, its button has the name.
 * @param {string} name
 */
export function drawIcon(name) {
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  icon.append(path);
  return icon;
}
