// The jobs that run or wait, in the navigation: each leads to the page that shows it.

import { make, pageAddress } from "../shared/dom.js";

/** @import { RunningJob } from "#types/shared" */

export class RunningJobs {
  element = make("div", { className: "jobs" });

  /** @param {RunningJob[]} jobs */
  show(jobs) {
    this.#fit(jobs.length);
    jobs.forEach((job, index) => this.#write(index, describe(job), job.message, job.page));
  }

  /**
   * Say something in the place of the jobs.
   * @param {string} text
   */
  tell(text) {
    this.#fit(1);
    this.#write(0, { now: text, left: "" }, text, "/");
  }

  /**
   * Have so many links. Those that are there stay: a click that meets a new one is lost.
   * @param {number} count
   */
  #fit(count) {
    const { element } = this;
    while (element.childElementCount > count) element.lastElementChild?.remove();
    while (element.childElementCount < count) {
      const parts = ["now", "left"].map((className) => make("span", { className }));
      element.append(make("a", { className: "job" }, ...parts));
    }
  }

  /**
   * @param {number} index
   * @param {{ now: string, left: string }} texts
   * @param {string} message
   * @param {string} page
   */
  #write(index, { now, left }, message, page) {
    const link = /** @type {HTMLAnchorElement} */ (this.element.children[index]);
    const [first, last] = link.children;
    first.textContent = now;
    last.textContent = left;
    link.title = `${now}${left}${message && message !== now ? `: ${message}` : ""}`;
    link.href = pageAddress(page);
  }
}

/**
 * What a job does, and for how much longer: the second gives way where room is short.
 * @param {RunningJob} job
 */
const describe = ({ kind, total, done, left }) => ({
  now: total ? `${kind} ${Math.round((100 * done) / total)} %` : kind,
  left: left && ` · ${left} left`,
});
