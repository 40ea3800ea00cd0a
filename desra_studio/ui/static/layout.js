// The elements of the Review page and where they stand; what they do is the page's.

import { make } from "./dom.js";

const TOOLS = [
  ["brush", "Brush", "B"],
  ["eraser", "Eraser", "E"],
  ["pan", "Pan", "Space"],
];

/** Give the page its elements and put them into its root. */
export function buildLayout(page, largestSize) {
  const span = (className) => make("span", { className });
  const button = (label, key, action, properties = {}) => {
    const made = make(
      "button",
      { title: `${label} (${key})`, ...properties },
      make("span", {}, label),
      make("kbd", {}, key),
    );
    page.onClick(made, action);
    return made;
  };
  const slider = (ariaLabel, properties, change) => {
    const made = make("input", { type: "range", ariaLabel, ...properties });
    made.addEventListener("input", change);
    // After the mouse let go the keys go on working.
    made.addEventListener("pointerup", () => page.focus());
    return made;
  };

  Object.assign(page, {
    position: span("position"),
    name: make("strong", { className: "name" }),
    state: span("state"),
    saved: span("saved"),
    message: make("div", { className: "message", role: "status" }),
    probe: span("probe"),
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
    make(
      "div",
      { className: "bar bottom" },
      make("label", {}, "Size", page.size, page.sizeText),
      make("label", {}, "Opacity", page.opacity),
      make("label", {}, page.maskHidden, "Hide mask", make("kbd", {}, "H")),
      button("Fit / 1:1", "Z", () => page.toggleZoom()),
      button("Keys", "?", () => page.keySheet.showModal()),
      span("gap"),
      page.probe,
    ),
    page.keySheet,
  );
}
