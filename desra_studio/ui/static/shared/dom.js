// Building elements. User text only ever goes in as text, never as markup.

/** @import { Properties } from "#types/shared" */

/**
 * Make an element: properties, then children (strings become text).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  /** @type {[string, unknown][]} */
  const given = Object.entries(properties);
  for (const [name, value] of given) {
    if (isListener(name, value)) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") Object.assign(element, { [name]: value });
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {value is EventListener}
 */
const isListener = (name, value) => name.startsWith("on") && typeof value === "function";

/**
 * Make an element of a drawing, with attributes.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 */
export function makeSvg(tag, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  return element;
}

/**
 * The element of a kind that a selector finds first; there has to be one.
 * @template {Element} Found
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Found} Kind
 */
export function find(root, selector, Kind) {
  const found = root.querySelector(selector);
  if (found instanceof Kind) return found;
  throw new Error(`There is no ${Kind.name} ${selector} on the page.`);
}

/**
 * A parameter of the address, or null.
 * @param {string} name
 */
export const addressed = (name) => new URLSearchParams(location.search).get(name);

/**
 * The address of a page that keeps the dataset and the theme.
 * @param {string} path
 * @param {Record<string, string | number>} parameters
 */
export function pageAddress(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const kept of ["dataset", "__theme"]) {
    const value = addressed(kept);
    if (value) query.set(kept, value);
  }
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Keep a choice in the address, so that a reload finds it again; null takes it out.
 * @param {string} name
 * @param {string | number | null} value
 */
export function remember(name, value) {
  const url = new URL(location.href);
  if (url.searchParams.get(name) === (value === null ? null : String(value))) return;
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, String(value));
  history.replaceState(history.state, "", url);
}

/** Tell the navigation that its counts may have changed. */
export const announceChange = () => window.dispatchEvent(new Event("studio:changed"));
