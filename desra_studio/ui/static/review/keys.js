// The keys of the Review page, and the sheet that shows them.

import { make } from "../dom.js";

const GROUPS = ["Images", "Mask", "Tools", "Components", "View", "Panels", "Help"];
const POINTER = [
  ["Wheel", "zoom at the pointer"],
  ["Ctrl+click", "choose the component there"],
  ["Alt", "subtract: brush, polygon, lasso"],
];
const NAMES = { " ": "Space", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓" };

/** A key as people read it. */
export const describeKey = (key) =>
  key
    .split(/(?<=.)\+/)
    .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part[0].toUpperCase() + part.slice(1)))
    .join("+");

export function buildKeySheet(actions) {
  const sheet = make("dialog", { className: "keys", ariaLabel: "Keys" });
  const columns = GROUPS.map((group) => actions.filter((action) => action.group === group))
    .filter((list) => list.length)
    .map((list) =>
      make(
        "section",
        {},
        make("h3", {}, list[0].group),
        makeList(list.map(({ keys, title }) => [keys.map(describeKey).join(" or "), title])),
      ),
    );
  sheet.append(
    make("h2", {}, "Keys"),
    make("div", { className: "columns" }, ...columns, make("section", {}, make("h3", {}, "Pointer"), makeList(POINTER))),
    make("button", { className: "primary", onclick: () => sheet.close() }, "Close"),
  );
  return sheet;
}

const makeList = (rows) =>
  make("dl", {}, ...rows.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)]));

const typesText = (target) =>
  target.matches("textarea, select, input:not([type=range], [type=checkbox])");

/** The name of a key, on every keyboard: ctrl stands for Mac's command; shift only where it adds. */
export function nameKey(event) {
  const key = event.key.toLowerCase();
  const letter = key.length > 1 || /[a-z]/.test(key);
  const shift = event.shiftKey && letter ? "shift+" : "";
  return event.ctrlKey || event.metaKey ? `ctrl+${shift}${key}` : `${shift}${key}`;
}

/** Let the keys work wherever the focus is inside the root, but not while text is typed. */
export function bindKeys(root, page) {
  const byKey = new Map(page.actions.flatMap((action) => action.keys.map((key) => [key, action])));
  const held = new Map();
  const letGo = (key) => {
    held.get(key)?.hold(false);
    held.delete(key);
  };
  root.addEventListener("keydown", (event) => {
    const dialog = event.target.closest("dialog");
    if (!page.document || event.altKey || dialog || typesText(event.target)) return;
    const key = nameKey(event);
    const onControl = event.target.matches("button, a, input");
    // On a button or slider its own keys come first.
    if (onControl && /^(enter| |arrow.*)$/.test(key)) return;
    if (page.toolbox.takeKey(key)) return event.preventDefault();
    if (page.panes.gesture) return event.preventDefault(); // a stroke ends before anything else
    const action = byKey.get(key);
    if (!action) return;
    event.preventDefault();
    if (action.hold) {
      if (held.has(event.key.toLowerCase())) return;
      held.set(event.key.toLowerCase(), action);
      return action.hold(true);
    }
    // A key held down must not judge images that nobody has seen.
    if (event.repeat && action.once) return;
    action.run(event);
  });
  root.addEventListener("keyup", (event) => letGo(event.key.toLowerCase()));
  window.addEventListener("blur", () => [...held.keys()].forEach(letGo));
}
