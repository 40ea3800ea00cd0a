// The keys of the Review page, and the sheet that shows them.

import { make } from "./dom.js";

const SHEET = [
  ["B / E", "brush, eraser"],
  ["[ / ]", "smaller, larger"],
  ["Space or middle button", "pan while held"],
  ["Arrow keys", "pan"],
  ["Wheel, + / −", "zoom at the pointer"],
  ["Z", "fit, 1:1"],
  ["H", "hide or show the mask"],
  ["Ctrl+Z, Ctrl+Y or Ctrl+Shift+Z", "undo, redo"],
  ["Ctrl+S", "save as a new revision"],
  ["A / D", "previous, next image"],
  ["Enter", "accept the mask and go on"],
  ["C", "clean: nothing to mark, and go on"],
  ["S", "skip, and go on"],
  ["T", "open or close the detector's settings"],
  ["N / Shift+N", "next, previous component"],
  ["Ctrl+click or Alt+click", "choose the component there; Escape leaves it"],
  ["Delete / K", "reject, keep the chosen component"],
  ["0 to 5", "severity of the chosen component"],
];

export function buildKeySheet() {
  const sheet = make("dialog", { className: "keys", ariaLabel: "Keys" });
  sheet.append(
    make("h2", {}, "Keys"),
    make("dl", {}, ...SHEET.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)])),
    make("button", { className: "primary", onclick: () => sheet.close() }, "Close"),
  );
  return sheet;
}

const listActions = (page) => ({
  b: () => page.choose("brush"),
  e: () => page.choose("eraser"),
  "[": () => page.resize(-1),
  "]": () => page.resize(1),
  h: () => page.toggleMask(),
  z: () => page.toggleZoom(),
  a: () => page.step(-1),
  d: () => page.step(1),
  c: () => page.markClean(),
  s: () => page.judge("skipped"),
  enter: () => page.accept(),
  "+": () => page.panes.zoom(1.25),
  "=": () => page.panes.zoom(1.25),
  "-": () => page.panes.zoom(0.8),
  arrowleft: () => page.panes.pan(60, 0),
  arrowright: () => page.panes.pan(-60, 0),
  arrowup: () => page.panes.pan(0, 60),
  arrowdown: () => page.panes.pan(0, -60),
  "?": () => page.keySheet.showModal(),
  "ctrl+s": () => page.save(),
  "ctrl+z": () => page.undo(),
  "ctrl+y": () => page.undo(true),
  "ctrl+shift+z": () => page.undo(true),
  t: () => page.detector.toggle(),
  n: ({ shiftKey }) => page.detector.selection.step(shiftKey ? -1 : 1),
  escape: () => page.detector.selection.drop(),
  delete: () => page.detector.selection.fill(0),
  backspace: () => page.detector.selection.fill(0),
  k: () => page.detector.selection.fill(1),
  ...Object.fromEntries(
    [0, 1, 2, 3, 4, 5].map((severity) => [
      severity,
      () => page.detector.selection.label({ severity }),
    ]),
  ),
});

const VERDICTS = new Set(["enter", "c", "s"]);

const typesText = (target) =>
  target.matches("textarea, select, input:not([type=range], [type=checkbox])");

/** The name of a key as `listActions` has it, on every keyboard: ctrl stands for Mac's command. */
function nameKey(event) {
  const key = event.key.toLowerCase();
  if (!event.ctrlKey && !event.metaKey) return key;
  return event.shiftKey ? `ctrl+shift+${key}` : `ctrl+${key}`;
}

/** Let the keys work wherever the focus is inside the root, but not while text is typed. */
export function bindKeys(root, page) {
  const actions = listActions(page);
  root.addEventListener("keydown", (event) => {
    if (!page.document || event.altKey || page.keySheet.open || typesText(event.target)) return;
    if (page.panes.stroke) return event.preventDefault(); // a stroke ends before anything else
    const key = nameKey(event);
    const onControl = event.target.matches("button, a, input");
    if (key === " " && !onControl) {
      event.preventDefault();
      return page.holdPan(true);
    }
    // A key held down must not judge images that nobody has seen.
    if (event.repeat && VERDICTS.has(key)) return event.preventDefault();
    // On a button or slider its own keys come first.
    if (!actions[key] || (onControl && /^(enter|arrow)/.test(key))) return;
    event.preventDefault();
    actions[key](event);
  });
  root.addEventListener("keyup", (event) => {
    if (event.key === " ") page.holdPan(false);
  });
  window.addEventListener("blur", () => page.holdPan(false));
}
