// A job's progress as Python hands it over: { message, done, total, pace, status } or null.

import { announceChange, make } from "./dom.js";

export function mount(element, props, watch) {
  const root = element.querySelector(".studio-job");
  const text = make("div", { className: "text", role: "status" });
  const bar = make("progress");
  const pace = make("div", { className: "pace" });
  root.append(text, bar, pace);
  let last = null;
  const show = () => {
    const job = props.value;
    root.hidden = !job;
    if (!job) return;
    root.dataset.status = job.status;
    text.textContent = job.message;
    pace.textContent = job.pace;
    bar.hidden = !["queued", "running"].includes(job.status);
    if (job.total) Object.assign(bar, { max: job.total, value: job.done });
    else bar.removeAttribute("value");
    if (job.status !== last) announceChange();
    last = job.status;
  };
  watch("value", show);
  show();
}
