// This server: what runs, how full its disk is, its latest jobs and what they printed.

import { tellBytes } from "../shared/bytes.js";
import { make } from "../shared/dom.js";
import { loadJobLog, loadServer } from "./api.js";
import { tellTime } from "./members.js";

/** @import { LatestJob, ServerView } from "#types/team" */

export class ServerState {
  #facts = make("dl", { className: "facts" });
  #jobs = make("tbody", {});
  #message = make("p", { className: "message", role: "status" });
  #log = make("pre", { className: "log", tabIndex: 0, hidden: true });

  constructor() {
    const head = ["Job", "State", "Since", "Until", "What it said", "Actions"].map((title) =>
      make("th", { scope: "col" }, title),
    );
    this.root = make(
      "section",
      { ariaLabel: "This server" },
      this.#facts,
      make("div", { className: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), this.#jobs)),
      this.#message,
      this.#log,
    );
  }

  async load() {
    try {
      this.#draw(await loadServer());
    } catch (error) {
      this.#message.textContent = error.message;
    }
  }

  /** @param {ServerView} view */
  #draw({ versions, database, disk, jobs }) {
    const parts = Object.entries(disk.parts).map(([name, bytes]) => `${name} ${tellBytes(bytes)}`);
    const facts = [
      ["Versions", Object.entries(versions).map(([name, is]) => `${name} ${is}`).join(", ")],
      ["Database", database],
      ["Disk", `${tellBytes(disk.free)} of ${tellBytes(disk.total)} free`],
      ["Data", parts.join(", ")],
    ];
    this.#facts.replaceChildren(...facts.flatMap(([name, is]) => [make("dt", {}, name), make("dd", {}, is)]));
    this.#jobs.replaceChildren(...jobs.map((job) => this.#drawJob(job)));
    this.#message.textContent = jobs.length ? "" : "There has been no job yet.";
  }

  /** @param {LatestJob} job */
  #drawJob(job) {
    const { id, kind, status, message, created_at: since, finished_at: until } = job;
    const show = make("button", { type: "button", ariaLabel: `Log of job ${id}`, onclick: () => this.#showLog(id) }, "Log");
    return make(
      "tr",
      { className: status === "failed" ? "refused" : "" },
      make("th", { scope: "row" }, `${id} ${kind}`),
      make("td", {}, make("small", {}, status)),
      make("td", {}, tellTime(since)),
      make("td", {}, until ? tellTime(until) : ""),
      make("td", { className: "where" }, message),
      make("td", { className: "actions" }, ...(job.has_log ? [show] : [])),
    );
  }

  /** @param {number} id */
  async #showLog(id) {
    try {
      const { lines } = await loadJobLog(id);
      this.#message.textContent = `The end of the log of job ${id}:`;
      this.#log.textContent = lines.join("\n");
      this.#log.hidden = false;
      this.#log.scrollTop = this.#log.scrollHeight;
    } catch (error) {
      this.#message.textContent = error.message;
      this.#log.hidden = true;
    }
  }
}
