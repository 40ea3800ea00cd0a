// What the queue shows and in which order, as it stands in the page's address, so that it can be
// shared. The names are those of the server's routes; an empty value asks for nothing.

export const STATES = ["unreviewed", "in progress", "accepted", "clean", "skipped"];
export const ORDERS = [
  ["name", "By name"],
  ["area", "Largest area"],
  ["uncertainty", "Least certain"],
  ["disagreement", "Detector disagrees"],
  ["dissent", "People disagree"],
  ["flagged", "Flagged first"],
];
const KEYS = ["kind", "severity", "area_min", "area_max", "annotator", "assigned", "class"];

const isShare = (text) => text !== "" && Number(text) >= 0 && Number(text) <= 1;
const CHECKS = {
  severity: (text) => /^[0-5]$/.test(text),
  area_min: isShare,
  area_max: isShare,
  class: (text) => /^\d{1,3}$/.test(text),
};

export const NO_FILTERS = { state: [], ...Object.fromEntries(KEYS.map((key) => [key, ""])) };

/** Read filters and order from an address; what makes no sense there is left out. */
export function readFilters(search) {
  const query = new URLSearchParams(search);
  const states = query.getAll("state");
  const filters = { ...NO_FILTERS, state: STATES.filter((state) => states.includes(state)) };
  for (const key of KEYS) {
    const text = (query.get(key) ?? "").trim();
    if ((CHECKS[key] ?? Boolean)(text)) filters[key] = text;
  }
  const wanted = query.get("order");
  const order = ORDERS.some(([value]) => value === wanted) ? wanted : "name";
  return { filters, order };
}

/** Add filters and order to a query; by name is not worth saying. */
export function writeFilters(query, { filters, order }) {
  for (const state of filters.state) query.append("state", state);
  for (const key of KEYS) if (filters[key] !== "") query.set(key, filters[key]);
  if (order !== "name") query.set("order", order);
  return query;
}

/** The filters in force alone, as a request for many images names them. */
export const listFilters = (filters) =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value.length > 0));

export const hasFilters = (filters) => describeFilters(filters).length > 0;

/** Whether a row that was shown would be hidden now, as far as its state tells. */
export const hidesState = (filters, state) =>
  filters.state.length > 0 && !filters.state.includes(state);

export const formatShare = (share) => `${Number((100 * share).toPrecision(2))} %`;

/** Each filter in force in words: { key, text }, and for states the `value` it is about. */
export function describeFilters(filters, classes = []) {
  const chips = filters.state.map((value) => ({ key: "state", value, text: value }));
  const add = (key, write) => filters[key] !== "" && chips.push({ key, text: write(filters[key]) });
  add("kind", (kind) => kind);
  add("severity", (least) => `severity ${least === "5" ? 5 : `${least} to 5`}`);
  add("area_min", (share) => `area from ${formatShare(share)}`);
  add("area_max", (share) => `area to ${formatShare(share)}`);
  add("annotator", (name) => `by ${name}`);
  add("assigned", (name) => `for ${name}`);
  const findClass = (index) => classes.find((each) => String(each.index) === index);
  add("class", (index) => findClass(index)?.name ?? `class ${index}`);
  return chips;
}

/** The filters without one of them, as `describeFilters` lists it. */
export const dropFilter = (filters, { key, value }) => ({
  ...filters,
  [key]: key === "state" ? filters.state.filter((state) => state !== value) : "",
});
