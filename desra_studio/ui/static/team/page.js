// The Team page: who may work here, what was done by whom, and how the server is.

import { find, make } from "../shared/dom.js";
import { AuditTrail } from "./audit.js";
import { Members } from "./members.js";
import { ServerState } from "./server.js";

/** @param {Element} element */
export async function mount(element) {
  const root = find(element, ".studio-team", HTMLElement);
  if (root.childElementCount) return;
  const members = new Members();
  const trail = new AuditTrail();
  const server = new ServerState();
  members.onChange = () => trail.load();
  root.append(
    make("h1", {}, "Team"),
    members.root,
    make("h2", {}, "What was done"),
    trail.root,
    make("h2", {}, "This server"),
    server.root,
  );
  await Promise.all([members.load(), trail.load(), server.load()]);
  root.dataset.ready = "true";
}
