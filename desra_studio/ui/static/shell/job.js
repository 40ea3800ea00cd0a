// A job's progress as Python hands it over.

import { announceChange, find, make } from "../shared/dom.js";

/** @import { JobProgress, Props, Watch } from "#types/shared" */

/**
 * @param {Element} element
 * @param {Props<JobProgress>} props
 * @param {Watch} watch
 */
export function mount(element, props, watch) {
  const show = fillJob(find(element, ".studio-job", HTMLElement));
  watch("value", () => show(props.value));
  show(props.value);
}

/**
 * Fill an element with a job's progress; returns the function that shows another state of it.
 * @param {HTMLElement} root
 */
export function fillJob(root) {
  const text = make("div", { className: "text", role: "status" });
  const bar = make("progress");
  const pace = make("div", { className: "pace" });
  root.append(text, bar, pace);
  /** @type {string | null} */
  let last = null;
  return (/** @type {JobProgress | null} */ job) => {
    root.hidden = !job;
    if (!job) return;
    root.dataset.status = job.status;
    if (text.textContent !== job.message) text.textContent = job.message;
    pace.textContent = job.pace;
    bar.hidden = !["queued", "running"].includes(job.status);
    if (job.total) Object.assign(bar, { max: job.total, value: job.done });
    else bar.removeAttribute("value");
    if (job.status !== last) announceChange();
    last = job.status;
  };
}
