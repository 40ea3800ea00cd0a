// What the keys of the Review page do, as far as the page itself does it; its parts add theirs.
//
// An action is { id, title, group, keys, run(event) }, or with hold(held) instead of run where it
// lasts as long as its key is held. A key is named as key_map.js has it. Actions that share a `row`
// stand in one row of the sheet of keys.

/** @import { Action, ReviewPage } from "#types/review" */

/**
 * @param {ReviewPage} page
 * @returns {Action[]}
 */
export const listPageActions = (page) => [
  { id: "previous", title: "Previous image", group: "Images", keys: ["a"], run: () => page.step(-1) },
  { id: "next", title: "Next image", group: "Images", keys: ["d"], run: () => page.step(1) },
  {
    id: "accept",
    title: "Accept the mask and go on",
    group: "Images",
    keys: ["enter"],
    once: true,
    run: () => page.accept(),
  },
  {
    id: "clean",
    title: "Clean: nothing to mark, and go on",
    group: "Images",
    keys: ["c"],
    once: true,
    run: () => page.judge("clean"),
  },
  {
    id: "skip",
    title: "Skip, and go on",
    group: "Images",
    keys: ["s"],
    once: true,
    run: () => page.judge("skipped"),
  },
  { id: "save", title: "Save as a new revision", group: "Mask", keys: ["ctrl+s"], run: () => page.save() },
  { id: "undo", title: "Undo", group: "Mask", keys: ["ctrl+z"], run: ({ repeat }) => page.undo(false, repeat) },
  {
    id: "redo",
    title: "Redo",
    group: "Mask",
    keys: ["ctrl+shift+z", "ctrl+y"],
    run: ({ repeat }) => page.undo(true, repeat),
  },
  { id: "hide", title: "Hide or show the mask", group: "View", keys: ["h"], run: () => page.toggleMask() },
  { id: "zoom", title: "Fit, 1:1", group: "View", keys: ["z"], run: () => page.toggleZoom() },
  { id: "zoom-in", title: "Zoom in", row: "Zoom in and out", group: "View", keys: ["+", "="], run: () => page.panes.step(1) },
  { id: "zoom-out", title: "Zoom out", row: "Zoom in and out", group: "View", keys: ["-"], run: () => page.panes.step(-1) },
  { id: "pan-left", title: "Pan left", row: "Pan", group: "View", keys: ["arrowleft"], run: () => page.panes.pan(60, 0) },
  { id: "pan-right", title: "Pan right", row: "Pan", group: "View", keys: ["arrowright"], run: () => page.panes.pan(-60, 0) },
  { id: "pan-up", title: "Pan up", row: "Pan", group: "View", keys: ["arrowup"], run: () => page.panes.pan(0, 60) },
  { id: "pan-down", title: "Pan down", row: "Pan", group: "View", keys: ["arrowdown"], run: () => page.panes.pan(0, -60) },
];
