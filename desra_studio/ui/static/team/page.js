// The Team page: who may work here, and what was done by whom.

import { find, make } from "../shared/dom.js";
import { AuditTrail } from "./audit.js";
import { Members } from "./members.js";

/** @param {Element} element */
export async function mount(element) {
  const root = find(element, ".studio-team", HTMLElement);
  if (root.childElementCount) return;
  const members = new Members();
  const trail = new AuditTrail();
  members.onChange = () => trail.load();
  root.append(
    make("h1", {}, "Team"),
    members.root,
    make("h2", {}, "What was done"),
    trail.root,
  );
  await Promise.all([members.load(), trail.load()]);
  root.dataset.ready = "true";
}
