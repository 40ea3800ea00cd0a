// The elements of the Review page and where they stand; what they do is the page's.
//
// A part of the page fills slots: `tools` (the column at the left), `aside` (tabs at the right, each
// { id, title, element }), `corner` (below them), `rows` (below the images), `stage` (over them),
// `bottom` and `top` (bars).

import { makeButton, makeIconButton, makeSlider } from "../shared/controls.js";
import { make, pageAddress } from "../shared/dom.js";
import { drawIcon } from "./tools/icons.js";

/** @import { Properties } from "#types/shared" */
/** @import { AsidePanel, ReviewPage, Slots } from "#types/review" */

/**
 * Give the page its elements and put them into its root.
 * @param {ReviewPage} page whose elements are not there yet.
 */
export function buildLayout(page) {
  /** @param {string} className */
  const span = (className) => make("span", { className });
  /**
   * @param {string} label
   * @param {string} key
   * @param {() => unknown} action
   * @param {Properties<HTMLButtonElement>} [properties]
   */
  const button = (label, key, action, properties) => makeButton(page, label, key, action, properties);
  /** @param {Exclude<keyof Slots, "aside">} slot */
  const fill = (slot) => page.parts.flatMap(({ slots }) => slots?.[slot] ?? []);

  Object.assign(page, {
    position: span("position"),
    name: make("strong", { className: "name" }),
    state: span("state"),
    saved: span("saved"),
    message: make("div", { className: "message", role: "status" }),
    maskHidden: make("input", { type: "checkbox" }),
    saveButton: button("Save", "Ctrl+S", () => page.save()),
    undoButton: makeIconButton(page, drawIcon("undo"), "Undo", "Ctrl+Z", () => page.undo()),
    redoButton: makeIconButton(page, drawIcon("redo"), "Redo", "Ctrl+Y", () => page.undo(true)),
    verdicts: [
      button("Skip", "S", () => page.judge("skipped")),
      button("Clean", "C", () => page.judge("clean")),
      button("Accept", "Enter", () => page.accept(), { className: "primary" }),
    ],
    opacity: makeSlider(
      page,
      "Opacity of the mask",
      { min: 0, max: 1, step: 0.05, value: 0.45 },
      () => page.panes.invalidate(),
    ),
  });
  const tools = make(
    "div",
    { className: "tools", role: "toolbar", ariaLabel: "Tools" },
    ...fill("tools"),
    page.undoButton,
    page.redoButton,
  );
  const rows = fill("rows");
  page.editors = [tools, ...rows];
  page.maskHidden.addEventListener("change", () => page.panes.invalidate());

  page.root.append(
    make(
      "div",
      { className: "bar" },
      button("Previous", "A", () => page.step(-1)),
      button("Next", "D", () => page.step(1)),
      page.position,
      page.name,
      page.state,
      ...fill("top"),
      span("gap"),
      page.saved,
      page.saveButton,
      ...page.verdicts,
    ),
    make("div", { className: "said" }, page.message, page.deeds.element),
    make(
      "div",
      { className: "stage" },
      tools,
      make("div", { className: "seen" }, page.panes.element, ...fill("stage")),
      buildAside(page, page.parts.flatMap(({ slots }) => slots?.aside ?? []), fill("corner")),
    ),
    ...rows,
    make(
      "div",
      { className: "bar bottom" },
      ...fill("bottom"),
      make("label", {}, "Opacity", page.opacity),
      make("label", {}, page.maskHidden, "Hide mask", make("kbd", {}, "H")),
      button("Fit / 1:1", "Z", () => page.toggleZoom()),
      button("Keys", "?", () => page.settings.sheet.show()),
      button("Settings", ",", () => page.settings.open("keys")),
      span("gap"),
      page.probe.element,
    ),
  );
}

/** What the page shows where there is no dataset yet. */
export const buildEmpty = () =>
  buildNothing(
    "Nothing to review yet",
    "Review shows GAN-SR beside MSE-SR, with the artifacts that the detector found. " +
      "You correct the mask; what you accept becomes a manual label.",
    "Import a folder",
  );

/**
 * What it shows where a dataset has LR images alone.
 * @param {string} name of the dataset
 */
export const buildWaiting = (name) =>
  buildNothing(
    `${name} is not upscaled yet`,
    "Review compares GAN-SR with MSE-SR, and the images of this dataset have neither. " +
      "Upscale them on the Datasets page; artifacts are detected right after.",
    "Upscale them",
  );

/**
 * @param {string} title
 * @param {string} reason
 * @param {string} next on the Datasets page
 */
const buildNothing = (title, reason, next) =>
  make(
    "div",
    { className: "empty" },
    make("h2", {}, title),
    make("p", {}, reason),
    make("a", { className: "primary", href: pageAddress("/") }, next),
  );

/**
 * Panels at the right, one at a time; `page.showAside(id)` shows one.
 * @param {ReviewPage} page
 * @param {AsidePanel[]} panels
 * @param {HTMLElement[]} corner
 */
function buildAside(page, panels, corner) {
  const tabs = panels.map(({ id, title, element }) => {
    const tab = make("button", { role: "tab", id: `studio-tab-${id}` }, title);
    tab.setAttribute("aria-controls", `studio-panel-${id}`);
    page.onClick(tab, () => page.showAside(id));
    Object.assign(element, { role: "tabpanel", id: `studio-panel-${id}` });
    element.setAttribute("aria-labelledby", tab.id);
    return { id, tab, element };
  });
  page.showAside = (/** @type {string} */ id) => {
    for (const each of tabs) {
      each.tab.setAttribute("aria-selected", String(each.id === id));
      each.element.hidden = each.id !== id;
    }
    for (const part of page.parts) part.asideShown?.(id);
  };
  page.showAside(panels[0].id);
  return make(
    "aside",
    { ariaLabel: "Queue and more" },
    make("div", { className: "tabs", role: "tablist", hidden: tabs.length < 2 }, ...tabs.map(({ tab }) => tab)),
    ...tabs.map(({ element }) => element),
    ...corner,
  );
}
