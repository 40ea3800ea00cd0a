// A job's progress as Python hands it over: { message, done, total, pace, status } or null.

import { announceChange, make } from "../shared/dom.js";

export function mount(element, props, watch) {
  const show = fillJob(element.querySelector(".studio-job"));
  watch("value", () => show(props.value));
  show(props.value);
}

/** Fill an element with a job's progress; returns the function that shows another state of it. */
export function fillJob(root) {
  const text = make("div", { className: "text", role: "status" });
  const bar = make("progress");
  const pace = make("div", { className: "pace" });
  root.append(text, bar, pace);
  let last = null;
  return (job) => {
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
