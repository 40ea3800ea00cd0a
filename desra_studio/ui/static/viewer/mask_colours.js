// The colours of masks, on every page that shows one, and which of them a person chose. No DOM here.

import { readUser } from "../shared/user.js";

/** @import { Rgb } from "#types/viewer" */

/**
 * For all of a mask, by name. Colour-blind people tell them from each other; which of them shows on a
 * picture depends on the picture.
 * @type {Record<string, { title: string, rgb: Rgb }>}
 */
export const MASK_COLOURS = {
  orange: { title: "Orange", rgb: [255, 138, 0] },
  sky: { title: "Sky blue", rgb: [90, 184, 255] },
  green: { title: "Green", rgb: [0, 200, 120] },
  yellow: { title: "Yellow", rgb: [255, 230, 40] },
  magenta: { title: "Magenta", rgb: [255, 60, 200] },
};
/** The choice of one colour for each kind of artifact. */
export const BY_KIND = "by-kind";

/**
 * For kinds, in their order, from the first again after the last; after Okabe and Ito.
 * @type {Rgb[]}
 */
const KIND_COLOURS = [
  MASK_COLOURS.orange.rgb,
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [204, 121, 167],
  [136, 34, 85],
];
/**
 * For what has no kind, where kinds have colours.
 * @type {Rgb}
 */
const NO_KIND = [208, 208, 208];

/**
 * Of the contour: light on the last pixels of a mask, dark on the first beside it. One of both shows
 * on any picture.
 * @type {{ light: Rgb, dark: Rgb }}
 */
export const CONTOUR = { light: [255, 255, 255], dark: [0, 0, 0] };

/** For comparisons, boxes and lines: two that colour-blind people tell apart, and one that is neither. */
export const ORANGE = writeColour(MASK_COLOURS.orange.rgb);
export const SKY = writeColour(MASK_COLOURS.sky.rgb);
export const BLUE = "#2f6bff";
export const GREY = writeColour(NO_KIND);

/**
 * Of a kind, by its place in the list of them; -1 is none.
 * @param {number} place
 */
export const pickKindColour = (place) =>
  place < 0 ? NO_KIND : KIND_COLOURS[place % KIND_COLOURS.length];

/**
 * A colour as style sheets have it.
 * @param {Rgb} rgb
 */
export function writeColour(rgb) {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** @param {unknown} choice */
const isChoice = (choice) =>
  typeof choice === "string" && (choice === BY_KIND || Object.hasOwn(MASK_COLOURS, choice));

const place = () => `studio.mask-colour:${readUser()}`;

/**
 * What who works here chose: the name of a colour, or `BY_KIND`.
 * @returns {string}
 */
export function readMaskColour() {
  try {
    const kept = localStorage.getItem(place());
    if (kept && isChoice(kept)) return kept;
  } catch {
    // Where a browser forbids to remember, it is the first.
  }
  return "orange";
}

/** @param {string} choice */
export function keepMaskColour(choice) {
  try {
    localStorage.setItem(place(), choice);
  } catch {
    // It holds as long as the page.
  }
}

/**
 * The colours that a choice fills masks with: the first where nothing tells the kind, then those of
 * kinds. Other pages know no kinds.
 * @param {string} choice
 * @param {number} kinds how many have a colour.
 * @returns {Rgb[]}
 */
export function listFills(choice, kinds = 0) {
  if (choice !== BY_KIND) return [(MASK_COLOURS[choice] ?? MASK_COLOURS.orange).rgb];
  if (!kinds) return [MASK_COLOURS.orange.rgb];
  return [NO_KIND, ...Array.from({ length: kinds }, (_, at) => pickKindColour(at))];
}
