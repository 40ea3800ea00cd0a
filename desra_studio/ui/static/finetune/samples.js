// The accepted samples as a list: which are chosen, which of those are held out, and one open.

import { renditionUrl } from "../shared/api.js";
import { make } from "../shared/dom.js";
import { readStored, writeStored } from "./stored.js";

const tellNoticed = ({ prominence }) =>
  typeof prominence === "number" ? `, noticed by ${Math.round(100 * prominence)} %` : "";

export class SampleList {
  constructor({ onChoose, onOpen }) {
    this.onChoose = onChoose;
    this.onOpen = onOpen;
    this.rows = [];
    this.heldOut = new Set();
    this.opened = null;
    this.count = make("span", { className: "count", role: "status" });
    const link = (text, isWanted) =>
      make(
        "button",
        { type: "button", className: "link", onclick: () => this.#chooseAll(isWanted) },
        text,
      );
    this.prominent = link("Prominent", ({ prominent }) => prominent);
    this.prominent.title = "Those in which voters of a study noticed an artifact";
    this.list = make("ul", { ariaLabel: "Accepted samples" });
    this.root = make(
      "div",
      { className: "studio-samples" },
      make("div", { className: "head" }, this.count, link("All", () => true), this.prominent, link("None", () => false)),
      this.list,
    );
    this.list.addEventListener("keydown", (event) => this.#step(event));
  }

  show(dataset, candidates) {
    const now = JSON.stringify(candidates);
    if (now === this.shown) return;
    this.shown = now;
    this.dataset = dataset;
    const left = new Set(readStored(dataset).left ?? []);
    this.rows = candidates.map((candidate) => this.#makeRow(candidate, left));
    this.prominent.hidden = !candidates.some(({ prominence }) => typeof prominence === "number");
    this.list.replaceChildren(...this.rows.map(({ element }) => element));
    const again = candidates.find((one) => one.image_id === this.opened?.image_id);
    this.opened = null;
    if (candidates.length) this.#open(again ?? candidates[0]);
    this.#tellCount();
  }

  listChosen() {
    return this.rows.filter(({ box }) => box.checked).map(({ candidate }) => candidate);
  }

  isChosen(candidate) {
    return this.rows.some((row) => row.candidate === candidate && row.box.checked);
  }

  markHeldOut(revisions) {
    this.heldOut = revisions;
    for (const { candidate, tag } of this.rows) {
      tag.hidden = !revisions.has(candidate.revision_id);
    }
    this.#tellCount();
  }

  #makeRow(candidate, left) {
    const box = make("input", {
      type: "checkbox",
      ariaLabel: `Use ${candidate.name}`,
      onchange: () => this.#changed(),
    });
    box.disabled = candidate.problem !== "";
    box.checked = !box.disabled && !left.has(candidate.revision_id);
    const tag = make("span", { className: "tag", hidden: true }, "held out");
    const warnings = candidate.warnings ?? [];
    const says = candidate.problem || warnings.join("; ");
    const pick = make(
      "button",
      { type: "button", className: "pick", title: candidate.name, onclick: () => this.#open(candidate) },
      make("img", {
        src: renditionUrl({ id: candidate.gan_id, sha: candidate.gan_sha }),
        alt: "",
        loading: "lazy",
        decoding: "async",
      }),
      make(
        "span",
        { className: "words" },
        make("strong", {}, candidate.name),
        make(
          "span",
          { className: "facts" },
          `${tellShare(candidate.area_share)}${tellNoticed(candidate)}`,
          tag,
        ),
        ...(says ? [make("span", { className: candidate.problem ? "problem" : "warning" }, says)] : []),
      ),
    );
    const element = make("li", {}, box, pick);
    element.dataset.image = candidate.image_id;
    return { candidate, box, tag, pick, element };
  }

  #open(candidate) {
    if (this.opened === candidate) return;
    this.opened = candidate;
    for (const row of this.rows) {
      row.pick.setAttribute("aria-current", String(row.candidate === candidate));
    }
    this.onOpen(candidate);
  }

  #chooseAll(isWanted) {
    for (const { candidate, box } of this.rows) {
      box.checked = isWanted(candidate) && !box.disabled;
    }
    this.#changed();
  }

  #changed() {
    const left = this.rows.filter(({ box }) => !box.checked && !box.disabled);
    writeStored(this.dataset, { left: left.map(({ candidate }) => candidate.revision_id) });
    this.onChoose();
  }

  #tellCount() {
    const chosen = this.listChosen().length;
    this.count.textContent = `${chosen} of ${this.rows.length} samples chosen`;
  }

  /** Up and down from sample to sample; one that is reached is opened. */
  #step(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const index = this.rows.findIndex(({ element }) => element.contains(document.activeElement));
    const row = this.rows[index + step];
    if (!row) return;
    const onBox = document.activeElement.type === "checkbox" && !row.box.disabled;
    (onBox ? row.box : row.pick).focus();
    this.#open(row.candidate);
    event.preventDefault();
  }
}

/** The marked share; the size of the image is not known here. */
const tellShare = (share) =>
  share >= 0.001 || share === 0 ? `${(100 * share).toFixed(1)} % marked` : "less than 0.1 % marked";
