// The elements of the Review page and where they stand; what they do is the page's.

import { makeButton, makeSlider } from "./controls.js";
import { make } from "./dom.js";

const TOOLS = [
  ["brush", "Brush", "B"],
  ["eraser", "Eraser", "E"],
  ["pan", "Pan", "Space"],
];

/** Give the page its elements and put them into its root. */
export function buildLayout(page, largestSize) {
  const span = (className) => make("span", { className });
  const button = (...rest) => makeButton(page, ...rest);
  const slider = (...rest) => makeSlider(page, ...rest);

  Object.assign(page, {
    position: span("position"),
    name: make("strong", { className: "name" }),
    state: span("state"),
    saved: span("saved"),
    message: make("div", { className: "message", role: "status" }),
    sizeText: make("output"),
    maskHidden: make("input", { type: "checkbox" }),
    saveButton: button("Save", "Ctrl+S", () => page.save()),
    undoButton: button("Undo", "Ctrl+Z", () => page.undo()),
    redoButton: button("Redo", "Ctrl+Y", () => page.undo(true)),
    verdicts: [
      button("Skip", "S", () => page.judge("skipped")),
      button("Clean", "C", () => page.markClean()),
      button("Accept", "Enter", () => page.accept(), { className: "primary" }),
    ],
    tools: TOOLS.map(([tool, label, key]) => {
      const made = button(label, key, () => page.choose(tool));
      made.dataset.tool = tool;
      return made;
    }),
    size: slider("Brush size", { min: 0, max: largestSize, step: 1 }, () =>
      page.resizeTo(Number(page.size.value)),
    ),
    opacity: slider("Opacity of the mask", { min: 0, max: 1, step: 0.05, value: 0.45 }, () =>
      page.panes.invalidate(),
    ),
  });
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
      span("gap"),
      page.saved,
      page.saveButton,
      ...page.verdicts,
    ),
    page.message,
    make(
      "div",
      { className: "stage" },
      make(
        "div",
        { className: "tools", role: "toolbar", ariaLabel: "Tools" },
        ...page.tools,
        page.undoButton,
        page.redoButton,
      ),
      page.panes.element,
      make("aside", { ariaLabel: "Queue" }, page.queue.element),
    ),
    page.detector.element,
    make(
      "div",
      { className: "bar bottom" },
      make("label", {}, "Size", page.size, page.sizeText),
      make("label", {}, "Opacity", page.opacity),
      make("label", {}, page.maskHidden, "Hide mask", make("kbd", {}, "H")),
      button("Fit / 1:1", "Z", () => page.toggleZoom()),
      button("Keys", "?", () => page.keySheet.showModal()),
      page.detector.toggleButton,
      span("gap"),
      page.probe.element,
    ),
    page.keySheet,
  );
}
