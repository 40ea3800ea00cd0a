// What the queue shows and in which order, as it stands in the page's address, so that it can be
// shared. The names are those of the server's routes; an empty value asks for nothing.

/** @import { Asked, Chip, Filters, Order, Progress, State } from "#types/review" */

/** @type {State[]} */
export const STATES = ["unreviewed", "in progress", "accepted", "clean", "skipped"];
/** @type {[Order, string][]} */
export const ORDERS = [
  ["name", "By name"],
  ["area", "Largest area"],
  ["uncertainty", "Least certain"],
  ["disagreement", "Detector disagrees"],
  ["dissent", "People disagree"],
  ["flagged", "Flagged first"],
];
/** @type {Exclude<keyof Filters, "state">[]} */
const KEYS = ["kind", "severity", "area_min", "area_max", "annotator", "assigned", "class"];

/** @param {string} text */
const isShare = (text) => text !== "" && Number(text) >= 0 && Number(text) <= 1;
/** @type {Partial<Record<keyof Filters, (text: string) => boolean>>} */
const CHECKS = {
  severity: (text) => /^[0-5]$/.test(text),
  area_min: isShare,
  area_max: isShare,
  class: (text) => /^\d{1,3}$/.test(text),
};

/** @type {Filters} */
export const NO_FILTERS = {
  state: [],
  kind: "",
  severity: "",
  area_min: "",
  area_max: "",
  annotator: "",
  assigned: "",
  class: "",
};

/**
 * Read filters and order from an address; what makes no sense there is left out.
 * @param {string} search
 * @returns {Asked}
 */
export function readFilters(search) {
  const query = new URLSearchParams(search);
  const states = query.getAll("state");
  const filters = { ...NO_FILTERS, state: STATES.filter((state) => states.includes(state)) };
  for (const key of KEYS) {
    const text = (query.get(key) ?? "").trim();
    if ((CHECKS[key] ?? Boolean)(text)) filters[key] = text;
  }
  const wanted = query.get("order");
  const [order] = ORDERS.find(([value]) => value === wanted) ?? ORDERS[0];
  return { filters, order };
}

/**
 * Add filters and order to a query; by name is not worth saying.
 * @param {URLSearchParams} query
 * @param {Asked} asked
 */
export function writeFilters(query, { filters, order }) {
  for (const state of filters.state) query.append("state", state);
  for (const key of KEYS) if (filters[key] !== "") query.set(key, filters[key]);
  if (order !== "name") query.set("order", order);
  return query;
}

/**
 * The filters in force alone, as a request for many images names them.
 * @param {Filters} filters
 * @returns {Partial<Filters>}
 */
export const listFilters = (filters) =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value.length > 0));

/** @param {Filters} filters */
export const hasFilters = (filters) => describeFilters(filters).length > 0;

/**
 * Whether a row that was shown would be hidden now, as far as its state tells.
 * @param {Filters} filters
 * @param {State} state
 */
export const hidesState = (filters, state) =>
  filters.state.length > 0 && !filters.state.includes(state);

/** @param {number} share */
export const formatShare = (share) => `${Number((100 * share).toPrecision(2))} %`;

/**
 * Each filter in force in words: { key, text }, and for states the `value` it is about.
 * @param {Filters} filters
 * @param {Progress["classes"]} classes
 */
export function describeFilters(filters, classes = []) {
  /** @type {Chip[]} */
  const chips = filters.state.map((value) => ({ key: "state", value, text: value }));
  /**
   * @param {Exclude<keyof Filters, "state">} key
   * @param {(value: string) => string} write
   */
  const add = (key, write) => filters[key] !== "" && chips.push({ key, text: write(filters[key]) });
  add("kind", (kind) => kind);
  add("severity", (least) => `severity ${least === "5" ? 5 : `${least} to 5`}`);
  add("area_min", (share) => `area from ${formatShare(Number(share))}`);
  add("area_max", (share) => `area to ${formatShare(Number(share))}`);
  add("annotator", (name) => `by ${name}`);
  add("assigned", (name) => `for ${name}`);
  /** @param {string} index */
  const findClass = (index) => classes.find((each) => String(each.index) === index);
  add("class", (index) => findClass(index)?.name ?? `class ${index}`);
  return chips;
}

/**
 * The filters without one of them, as `describeFilters` lists it.
 * @param {Filters} filters
 * @param {Chip} chip
 * @returns {Filters}
 */
export const dropFilter = (filters, { key, value }) => ({
  ...filters,
  [key]: key === "state" ? filters.state.filter((state) => state !== value) : "",
});
