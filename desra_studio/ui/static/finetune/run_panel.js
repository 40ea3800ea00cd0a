// The run that is watched: what it is, how far it is, and what can be done with it.

import { announceChange, make, pageAddress } from "../shared/dom.js";
import { countNoun } from "../shared/words.js";
import { fillJob } from "../shell/job.js";
import { applyRun, cancelJob, proveRun, resumeRun, weightsUrl } from "./api.js";

export class RunPanel {
  constructor({ refresh, onReuse }) {
    this.refresh = refresh;
    this.name = make("strong");
    this.facts = make("span", { className: "facts" });
    this.memory = make("span", { className: "memory" });
    this.job = make("div", { className: "studio-job" });
    this.showJob = fillJob(this.job);
    this.job.append(this.memory);
    this.note = make("p", { className: "note" });
    const button = (text, act, className = "") =>
      make("button", { type: "button", className, onclick: () => this.#act(act) }, text);
    this.buttons = {
      cancel: button("Cancel", () => cancelJob(this.run.job.id), "needs-admin"),
      resume: button("Resume", () => resumeRun(this.run.id), "primary needs-admin"),
      proof: make("a", { className: "primary", href: "#" }, "See the proof"),
      prove: button("Prove it again", () => proveRun(this.run.id), "needs-curator"),
      apply: button("Run the new model on this dataset", () => applyRun(this.run.id), "needs-admin"),
      download: make("a", { className: "needs-admin", href: "#", download: "" }, "Download the weights"),
      reuse: make("button", { type: "button", className: "needs-admin", onclick: () => onReuse(this.run) }, "New run with these settings"),
    };
    this.error = make("p", { className: "studio-error", role: "alert" });
    this.root = make(
      "div",
      { className: "panel" },
      make(
        "div",
        { className: "head" },
        make("div", { className: "title" }, this.name, this.facts),
        make("div", { className: "actions" }, ...Object.values(this.buttons)),
      ),
      this.job,
      this.note,
      this.error,
    );
  }

  show(run, metrics) {
    this.run = run;
    this.name.textContent = `Run ${run.id}`;
    const held = run.held_out ? `, ${run.held_out} held out` : "";
    const judge = run.discriminator_name ? ` · discriminator: ${run.discriminator_name}` : "";
    this.facts.textContent =
      `${run.base} · ${countNoun(run.samples, "sample")}${held} · ${countNoun(run.iterations, "iteration")}` +
      ` · EMA ${run.ema_at_end.toFixed(3)} at the end${judge}`;
    this.facts.title = this.facts.textContent;
    this.showJob(run.job);
    const memory = metrics.memory_gb?.at(-1)?.[1];
    this.memory.textContent = memory ? `GPU memory ${memory.toFixed(1)} GB` : "";
    const done = run.status === "done";
    const { cancel, resume, proof, prove, apply, download } = this.buttons;
    cancel.hidden = !run.job.active;
    resume.hidden = !run.resumable;
    proof.hidden = !done || !run.proof;
    prove.hidden = !done || Boolean(run.proof);
    proof.href = pageAddress("/proof", { run: run.id });
    apply.hidden = download.hidden = !done;
    prove.disabled = apply.disabled = run.job.active;
    download.href = weightsUrl(run.id);
    const note = run.resumable ? "Resume goes on from its last checkpoint." : run.warning;
    this.note.textContent = note;
    this.note.hidden = !note;
    this.root.dataset.status = run.status;
  }

  async #act(act) {
    for (const button of this.root.querySelectorAll(".actions button")) button.inert = true;
    this.error.textContent = "";
    try {
      await act();
      announceChange();
      await this.refresh();
    } catch (error) {
      this.error.textContent = error.message;
    }
    for (const button of this.root.querySelectorAll(".actions button")) button.inert = false;
  }
}
