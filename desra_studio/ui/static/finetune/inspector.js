// One sample from all sides: LR, GAN-SR, MSE-SR or what takes its place, mask, pseudo-GT and the newest fine-tuned output,
// with one view for all of them.

import { loadImage } from "../shared/api.js";
import { make, pageAddress } from "../shared/dom.js";
import { describeMarked } from "../shared/words.js";
import { loadRendition } from "../viewer/sources.js";
import { makePanes } from "./panes.js";
import { loadSources } from "./sources.js";

const TITLES = {
  lr: "LR",
  gan: "GAN-SR",
  mse: "MSE-SR",
  mask: "Mask",
  pseudo_gt: "Pseudo-GT",
  tuned: "Fine-tuned",
};
const USES = {
  held: "Held out: not trained on, it proves the result.",
  trained: "Trained on.",
  left: "Not chosen.",
};
const NOT_TUNED = "Shown once a fine-tuned model has run on this dataset";
/** Of a pane, that an artifact fills when it is shown; specks are not blown up. */
const FILLED = 0.6;
const LARGEST = 8;

export class Inspector {
  /** The artifacts of the sample, the largest first, and which of them comes next. */
  #boxes = [];
  #next = 0;

  constructor() {
    this.name = make("strong");
    this.facts = make("span", { className: "facts" });
    this.use = make("span", { className: "use" });
    this.says = make("p", { className: "says", role: "status" });
    this.review = make("a", { href: "#" }, "Open in Review");
    this.panes = makePanes(TITLES, "The sample from all sides");
    const button = (text, title, onclick) => make("button", { type: "button", title, onclick }, text);
    this.place = make("span", { className: "quiet", role: "status" });
    this.next = button("Next artifact", "Zooms to it; the largest comes first", () => this.#showNext());
    this.whole = button("Whole image", "Also a double click on an image, or 0", () => {
      this.panes.fit();
      this.place.textContent = "";
    });
    this.actual = button("1:1", "Also Z on an image", () => this.panes.showActualSize());
    this.root = make(
      "div",
      { className: "inspector" },
      make("div", { className: "head" }, this.name, this.facts, this.use),
      this.panes.element,
      make("div", { className: "foot" }, this.says, this.place, this.next, this.whole, this.actual, this.review),
    );
    this.tuned = { model: null, renditions: {} };
  }

  /** Show a sample; `use` is held, trained or left. */
  show(candidate, use, feather) {
    this.use.textContent = USES[use];
    this.use.dataset.use = use;
    const now = JSON.stringify([candidate, feather]);
    if (now === this.shown) return;
    this.shown = now;
    if (candidate !== this.candidate) this.place.textContent = "";
    this.candidate = candidate;
    this.name.textContent = candidate.name;
    this.review.href = pageAddress("/review", { image: candidate.image_id });
    const warnings = candidate.warnings ?? [];
    this.says.textContent = candidate.problem
      ? `Cannot be trained on: ${candidate.problem}.`
      : warnings.map((warning) => `Warning: ${warning}.`).join(" ");
    this.#load(candidate, feather);
  }

  /** Show the next artifact, the largest first. */
  #showNext() {
    const { panes } = this;
    const count = this.#boxes.length;
    if (!count || !panes.document) return;
    const [x, y, width, height] = this.#boxes[this.#next];
    const scale = FILLED * Math.min(panes.pane.width / width, panes.pane.height / height);
    panes.look({
      x: x + width / 2,
      y: y + height / 2,
      scale: Math.max(panes.whole.scale, Math.min(scale, LARGEST)),
    });
    this.place.textContent = `${this.#next + 1} of ${count}`;
    this.#next = (this.#next + 1) % count;
  }

  /** Show the outputs of the model that was run last: { model, renditions by image }. */
  showFineTuned(tuned) {
    this.tuned = tuned;
    if (this.candidate) this.#showTuned();
  }

  async #load(candidate, feather) {
    const asked = this.shown;
    let image;
    try {
      image = await loadImage(candidate.image_id);
    } catch (error) {
      this.says.textContent = error.message;
      return;
    }
    if (asked !== this.shown) return;
    const { width, height } = image;
    const marked = describeMarked(candidate.area_share, width * height);
    this.facts.textContent = `${width} x ${height} px, ${marked}`;
    this.#open({ id: candidate.image_id, width, height });
    this.panes.setTitle("mse", image.reference);
    const sources = loadSources(image, candidate, feather);
    for (const [id, source] of Object.entries(sources)) this.#put(id, source, asked);
    this.#showTuned();
  }

  /** Begin with another image; of the same one the view stays, and what is there of it. */
  #open(image) {
    if (this.panes.document?.id === image.id) return;
    this.panes.open(image);
    this.panes.element.dataset.image = image.id;
    this.#boxes = [];
  }

  /** Let a picture be shown once it is there, or why it is not, if it is still asked for. */
  async #put(id, loading, asked) {
    const source = await loading.catch((error) => error.message);
    if (asked !== this.shown) return;
    this.panes.setSource(id, source);
    if (!source.boxes) return;
    this.#boxes = source.boxes;
    this.#next = 0;
  }

  #showTuned() {
    const { document } = this.panes;
    if (document?.id !== this.candidate.image_id) return;
    const rendition = this.tuned.renditions[document.id];
    this.panes.setTitle("tuned", rendition ? `Fine-tuned (${this.tuned.model})` : TITLES.tuned);
    if (rendition) this.#put("tuned", loadRendition(rendition, document), this.shown);
    else this.panes.setSource("tuned", NOT_TUNED);
  }
}
