import assert from "node:assert/strict";
import { test } from "node:test";

import {
  describeKey,
  describeSeries,
  KeyMap,
  nameKeys,
  refuseKey,
} from "../../desra_studio/ui/static/shared/key_map.js";

const press = (key, code = "", held = "") => ({
  key,
  code,
  shiftKey: held.includes("shift"),
  ctrlKey: held.includes("ctrl"),
  metaKey: held.includes("meta"),
  getModifierState: (name) => held.includes("altgr") && name === "AltGraph",
});

const ACTIONS = [
  { id: "brush", title: "Brush", keys: ["b"] },
  { id: "redo", title: "Redo", keys: ["ctrl+shift+z", "ctrl+y"] },
  { id: "kind-1", title: "Kind 1", keys: ["shift+1"] },
  { id: "severity-1", title: "Severity 1", keys: ["1"] },
  { id: "severity-6", title: "Zoom out", keys: ["-"] },
  { id: "smaller", title: "Smaller brush", keys: ["["] },
  { id: "help", title: "Help", keys: ["?"] },
  { id: "leave", title: "Leave the component", keys: ["escape"] },
];

test("keys are named by what they type, with Shift where a letter would not tell", () => {
  assert.deepEqual(nameKeys(press("b", "KeyB")), ["b"]);
  assert.deepEqual(nameKeys(press("N", "KeyN", "shift")), ["shift+n"]);
  assert.deepEqual(nameKeys(press("N", "KeyN")), ["n"], "caps lock");
  assert.deepEqual(nameKeys(press("Z", "KeyZ", "ctrl shift")), ["ctrl+shift+z"]);
  assert.deepEqual(nameKeys(press("s", "KeyS", "meta")), ["ctrl+s"]);
  assert.deepEqual(nameKeys(press("?", "Slash", "shift")), ["?"]);
  assert.deepEqual(nameKeys(press("ArrowUp", "ArrowUp", "ctrl")), ["ctrl+arrowup"]);
  assert.deepEqual(nameKeys(press("3", "Numpad3")), ["3"]);
});

test("the row of digits works on every keyboard", () => {
  const map = new KeyMap(ACTIONS);
  const find = (...event) => map.find(press(...event))?.action.id;
  for (const [layout, plain, shifted] of [
    ["US", "1", "!"],
    ["French", "&", "1"],
    ["Czech", "+", "1"],
    ["Persian", "۱", "!"],
  ]) {
    assert.equal(find(plain, "Digit1"), "severity-1", layout);
    assert.equal(find(shifted, "Digit1", "shift"), "kind-1", layout);
  }
  assert.equal(find("-", "Digit6"), "severity-6", "French: a digit without an action is its sign");
  assert.equal(find("[", "Digit8", "altgr"), "smaller", "German");
  assert.equal(find("[", "Digit1", "altgr"), "smaller", "a sign by AltGr is no digit");
});

test("letters of other scripts go by position, those of Latin keyboards by what they type", () => {
  const map = new KeyMap(ACTIONS);
  assert.equal(map.find(press("и", "KeyB")).action.id, "brush");
  assert.equal(map.find(press("я", "KeyZ", "ctrl shift")).action.id, "redo");
  assert.equal(map.find(press("b", "KeyN")).action.id, "brush", "Dvorak");
  assert.equal(map.find(press("x", "KeyB")), null, "Dvorak");
});

test("keys as people read them", () => {
  assert.equal(describeKey("ctrl+shift+z"), "Ctrl+Shift+Z");
  assert.equal(describeKey("+"), "+");
  assert.equal(describeKey("ctrl++"), "Ctrl++");
  assert.equal(describeKey(" "), "Space");
  assert.equal(describeKey("shift+arrowleft"), "Shift+←");
  assert.equal(describeSeries([["0"], ["1"], ["2"]]), "0 – 2");
  assert.equal(describeSeries([["shift+1"], ["shift+2"], ["shift+3"]]), "Shift+1 – 3");
  assert.equal(describeSeries([["0"], ["x"], ["2"]]), "0 X 2");
  assert.equal(describeSeries([["arrowleft"], ["arrowright"]]), "← →");
});

test("what may not be taken", () => {
  for (const key of ["tab", "shift+tab", "ctrl+tab", "escape", "f5", "shift+f12", "dead", "shift"]) {
    assert.match(refuseKey(key), /choose another key\.$/, key);
  }
  for (const key of ["ctrl+t", "ctrl+w", "ctrl+shift+n", "ctrl+1", "ctrl++", "ctrl+pageup"]) {
    assert.match(refuseKey(key), /^Ctrl\+.* belongs to the browser/, key);
  }
  for (const key of ["b", "shift+7", "f", "ctrl+z", "ctrl+arrowup", " ", "+", "enter", "pageup"]) {
    assert.equal(refuseKey(key), null, key);
  }
});

test("a key moves from one action to another", () => {
  const map = new KeyMap(ACTIONS);
  const { changes, lost } = map.replace("brush", "b", "?");
  assert.deepEqual(changes, { brush: ["?"], help: [] });
  assert.deepEqual(lost.map(({ id }) => id), ["help"]);
  map.use(changes);
  assert.equal(map.find(press("?", "Slash", "shift")).action.id, "brush");
  assert.equal(map.find(press("b", "KeyB")), null);
  assert.equal(map.describe("brush"), "?");
  assert.equal(map.describe("help"), "");
  map.use(map.reset(["help"]));
  assert.deepEqual(map.changes, { brush: [] }, "it comes back, and brush has none");
  map.use(map.reset(["brush"]));
  assert.deepEqual(map.changes, {});
});

test("keys are added, taken away, and what is as it came is no change", () => {
  const map = new KeyMap(ACTIONS);
  map.use(map.replace("redo", "", "r").changes);
  assert.deepEqual(map.keys("redo"), ["ctrl+shift+z", "ctrl+y", "r"]);
  map.use(map.replace("redo", "r", "").changes);
  assert.deepEqual(map.changes, {});
  map.use(map.replace("leave", "", "x").changes);
  assert.deepEqual(map.keys("leave"), ["escape", "x"], "what came with it stays though reserved");
});

test("changes from elsewhere are cleaned, and win over what came", () => {
  const map = new KeyMap(ACTIONS);
  map.use({ brush: ["tab", "q", 7, "", "q"], help: "q", unknown: ["x"] });
  assert.deepEqual(map.changes, { brush: ["q"], unknown: ["x"] });
  assert.equal(map.find(press("x", "KeyX")), null);
  map.use({ brush: ["1"] });
  assert.equal(map.owner("1").id, "brush");
  assert.deepEqual(
    map.conflicts("severity-1").map(({ key, owner }) => [key, owner.id]),
    [["1", "brush"]],
  );
  assert.deepEqual(map.conflicts("brush"), []);
  map.use(null);
  assert.deepEqual(map.changes, {});
});
