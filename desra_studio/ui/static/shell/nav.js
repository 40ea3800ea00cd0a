// The loop as navigation: every step with its count, the dataset, and the jobs that run.

import { loadLoop } from "../shared/api.js";
import { addressed, find, make, pageAddress, remember } from "../shared/dom.js";
import { buildIdentity } from "./identity.js";
import { RunningJobs } from "./running_jobs.js";

/** @import { Loop } from "#types/shared" */

const POLL_MS = 2000;
/** How long a browser knows which dataset was shown last: a year. */
const KEPT_S = 365 * 24 * 3600;
const TOO_NARROW =
  "This page needs a window that is at least 640 px wide. Make the window wider, or turn the " +
  "device. Links for voting work in a window as narrow as this one.";

/**
 * `unit` follows the count where there is room for it.
 * @type {{
 *   path: string,
 *   title: string,
 *   aside?: boolean,
 *   unit?: string,
 *   count: (loop: Loop) => string,
 * }[]}
 */
const STEPS = [
  { path: "/", title: "Datasets", count: (loop) => (loop.dataset ? `${loop.images}` : "") },
  {
    path: "/review",
    title: "Review",
    count: (loop) => (loop.dataset ? `${loop.reviewed}/${loop.images}` : ""),
  },
  {
    path: "/fine-tune",
    title: "Fine-tune",
    unit: "accepted",
    count: (loop) => (loop.dataset ? `${loop.accepted}` : ""),
  },
  { path: "/proof", title: "Proof", count: () => "" },
  {
    path: "/scores",
    title: "Scores",
    unit: "labelled",
    count: (loop) => (loop.dataset ? `${loop.labelled}` : ""),
  },
  { path: "/studies", title: "Studies", count: () => "" },
  { path: "/models", title: "Models", aside: true, count: () => "" },
];

/** @param {Element} element */
export function mount(element) {
  const root = find(element, ".studio-nav", HTMLElement);
  if (root.childElementCount) return;
  const here = location.pathname.replace(/(.)\/$/, "$1");
  const links = STEPS.map((step, index) => {
    const count = make("span", { className: "count" });
    const unit = make("span", { className: "unit" });
    const link = make(
      "a",
      { href: pageAddress(step.path) },
      make("span", { className: "number" }, step.aside ? "" : String(index + 1)),
      step.title,
      make("span", { className: "figure" }, count, unit),
    );
    if (step.path === here) link.setAttribute("aria-current", "page");
    return { step, link, count, unit };
  });
  const current = STEPS.find(({ path }) => path === here);
  const dataset = make("select", { ariaLabel: "Dataset", onchange: () => choose(dataset.value) });
  const jobs = new RunningJobs();
  root.append(
    // Where the page is none of the steps, it has a heading of its own.
    ...(current ? [make("h1", {}, current.title)] : []),
    make("strong", {}, "DeSRA Studio"),
    dataset,
    make("nav", { ariaLabel: "Steps" }, ...links.map(({ link }) => link)),
    jobs.element,
    ...buildIdentity(),
    make("p", { className: "too-narrow" }, TOO_NARROW),
  );

  let listed = "";
  const refresh = async () => {
    if (!root.isConnected) return;
    let loop;
    try {
      loop = await loadLoop(addressed("dataset"));
    } catch (error) {
      jobs.tell(error.message);
      return;
    }
    keepDataset(loop.dataset);
    const list = JSON.stringify([loop.datasets, loop.dataset]);
    // Only when it changed: a menu that is open would lose what its user points at.
    if (list !== listed) showDatasets(loop);
    listed = list;
    for (const { step, link, count, unit } of links) {
      count.textContent = step.count(loop);
      unit.textContent = count.textContent && step.unit ? ` ${step.unit}` : "";
      link.title = unit.textContent && `${count.textContent}${unit.textContent}`;
      link.href = pageAddress(step.path); // a page may have put its dataset into the address
    }
    jobs.show(loop.jobs);
    window.dispatchEvent(new CustomEvent("studio:loop", { detail: loop }));
  };

  /** @param {Loop} loop */
  const showDatasets = (loop) => {
    const options = loop.datasets.map(({ id, name }) => make("option", { value: id }, name));
    const none = make("option", { value: "" }, "No dataset yet");
    dataset.replaceChildren(...(options.length ? options : [none]));
    dataset.disabled = !options.length;
    dataset.value = String(loop.dataset ?? "");
  };

  /** @param {string} id */
  const choose = (id) => {
    const query = new URLSearchParams(location.search);
    query.set("dataset", id);
    // What belongs to one dataset is not in another.
    for (const name of ["image", "run", "fate", "component", "study"]) query.delete(name);
    location.search = query.toString();
  };

  window.addEventListener("studio:changed", refresh);
  const timer = setInterval(() => {
    if (!root.isConnected) clearInterval(timer);
    else if (!document.hidden) refresh();
  }, POLL_MS);
  refresh();
}

/**
 * Keep the dataset that this page shows: for itself, and for the next page whose address names none.
 * Somebody else's import is not to change it under a hand.
 * @param {number | null} id
 */
function keepDataset(id) {
  if (id === null) return;
  if (!addressed("dataset")) remember("dataset", id);
  document.cookie = `studio-dataset=${id}; path=/; max-age=${KEPT_S}; SameSite=Lax`;
}
