// What became of components, and the walk through them. No DOM here.

/** @import { Fate, ProofComponent, WalkPlace } from "#types/proof" */

/**
 * What can become of a component, in the order of the walk; the sign tells them apart by shape.
 * @type {{ id: Fate, title: string, sign: string, tip: string }[]}
 */
export const FATES = [
  { id: "new", title: "New", sign: "+", tip: "Found after fine-tuning only" },
  { id: "still_there", title: "Still there", sign: "=", tip: "Artifacts that are as they were" },
  {
    id: "fainter",
    title: "Fainter",
    sign: "↓",
    tip: "Artifacts of which at most 75 % of the area or of the depth is left",
  },
  {
    id: "unseen",
    title: "Not seen",
    sign: "?",
    tip: "Artifacts that no witness saw before, so that none can judge them: look yourself",
  },
  {
    id: "changed",
    title: "Control changed",
    sign: "≠",
    tip: "No artifact, by those who reviewed it: it should have stayed, and did not",
  },
  { id: "gone", title: "Gone", sign: "✓", tip: "Artifacts that are gone" },
  {
    id: "kept",
    title: "Control kept",
    sign: "○",
    tip: "No artifact, by those who reviewed it: it should have stayed, and did",
  },
];
/** @type {Fate[]} What goes back into the review queue. */
const OPEN = ["new", "still_there"];

/** @param {string | null} id */
export const findFate = (id) => FATES.find((fate) => fate.id === id) ?? null;

/**
 * How many components have each fate.
 * @param {ProofComponent[]} components
 * @returns {Record<string, number>}
 */
export const countFates = (components) =>
  Object.fromEntries(
    FATES.map(({ id }) => [id, components.filter(({ fate }) => fate === id).length]),
  );

/**
 * The components of a fate in their order; of all fates where it is null.
 * @param {ProofComponent[]} components
 * @param {Fate | null} fate
 */
export const listComponents = (components, fate) =>
  fate ? components.filter((component) => component.fate === fate) : components;

/**
 * The component some steps away in a list, from its ends on at the other one; null in none.
 * @param {ProofComponent[]} list
 * @param {ProofComponent | null} current
 * @param {number} offset
 */
export function stepComponent(list, current, offset) {
  if (!list.length) return null;
  const at = current ? list.indexOf(current) : -1;
  if (at < 0) return list.at(offset < 0 ? -1 : 0) ?? null;
  return list.at((at + offset) % list.length) ?? null;
}

/**
 * Components that are new or still there, which go back into the review queue:
 * { count, images, first }.
 * @param {ProofComponent[]} components
 */
export function listOpen(components) {
  const open = components.filter(({ fate }) => OPEN.includes(fate));
  const images = new Set(open.map(({ image_id }) => image_id));
  return { count: open.length, images: images.size, first: open[0] ?? null };
}

/**
 * A component in words, beside its fate.
 * @param {ProofComponent} component
 */
export function describeComponent({ area_px, centre }) {
  const [x, y] = centre.map(Math.round);
  return `${Math.round(area_px)} px at x ${x}, y ${y}`;
}

/**
 * The fate that an address asks for, null for all, and the place in that list, from 0.
 * @param {string} search
 */
export function readWalk(search) {
  const query = new URLSearchParams(search);
  const place = Number(query.get("component") ?? 1);
  return {
    fate: findFate(query.get("fate"))?.id ?? null,
    place: Number.isInteger(place) && place > 0 ? place - 1 : 0,
  };
}

/**
 * The query of an address with another walk in it.
 * @param {string} search
 * @param {WalkPlace} walk
 */
export function writeWalk(search, { run, dataset, fate, place }) {
  const query = new URLSearchParams(search);
  const kept = { run, dataset, fate, component: place && place > 0 ? place + 1 : null };
  for (const [name, value] of Object.entries(kept)) {
    if (value === null || value === undefined) query.delete(name);
    else query.set(name, String(value));
  }
  return `?${query}`;
}
