// Building elements. User text only ever goes in as text, never as markup.

/** Make an element: properties, then children (strings become text). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Make an element of a drawing, with attributes. */
export function makeSvg(tag, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A parameter of the address, or null. */
export const addressed = (name) => new URLSearchParams(location.search).get(name);

/** The address of a page that keeps the dataset and the theme. */
export function pageAddress(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const kept of ["dataset", "__theme"]) {
    if (addressed(kept)) query.set(kept, addressed(kept));
  }
  for (const [name, value] of Object.entries(parameters)) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Keep a choice in the address, so that a reload finds it again; null takes it out. */
export function remember(name, value) {
  const url = new URL(location.href);
  if (url.searchParams.get(name) === (value === null ? null : String(value))) return;
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(history.state, "", url);
}

/** Tell the navigation that its counts may have changed. */
export const announceChange = () => window.dispatchEvent(new Event("studio:changed"));
