// One sample from all sides: LR, GAN-SR, MSE-SR, mask, pseudo-GT and the newest fine-tuned output,
// with one view for all of them.

import { loadImage, loadMaskRuns, lrUrl, pseudoGtUrl, renditionUrl } from "../shared/api.js";
import { make, pageAddress } from "../shared/dom.js";
import { Panes } from "./panes.js";

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

export class Inspector {
  constructor() {
    this.name = make("strong");
    this.facts = make("span", { className: "facts" });
    this.use = make("span", { className: "use" });
    this.says = make("p", { className: "says", role: "status" });
    this.review = make("a", { href: "#" }, "Open in Review");
    this.panes = new Panes(TITLES);
    const button = (text, title, onclick) => make("button", { type: "button", title, onclick }, text);
    this.place = make("span", { className: "quiet", role: "status" });
    this.next = button("Next artifact", "Zooms to it; the largest comes first", () => this.#showNext());
    this.whole = button("Whole image", "Also a double click on an image, or 0", () => {
      this.panes.fit();
      this.place.textContent = "";
    });
    this.root = make(
      "div",
      { className: "inspector" },
      make("div", { className: "head" }, this.name, this.facts, this.use),
      this.panes.root,
      make("div", { className: "foot" }, this.says, this.place, this.next, this.whole, this.review),
    );
    this.tuned = { model: null, renditions: {} };
  }

  draw() {
    this.panes.draw();
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

  #showNext() {
    const shown = this.panes.showNext();
    if (shown) this.place.textContent = `${shown.number} of ${shown.count}`;
  }

  /** Show the outputs of the model that was run last: { model, renditions by image }. */
  showFineTuned(tuned) {
    this.tuned = tuned;
    if (this.candidate) this.#showTuned();
  }

  async #load(candidate, feather) {
    let image;
    try {
      image = await loadImage(candidate.image_id);
    } catch (error) {
      this.says.textContent = error.message;
      return;
    }
    if (candidate !== this.candidate) return;
    const revision = { id: candidate.revision_id, sha: candidate.mask_sha };
    const size = { width: image.width, height: image.height };
    this.facts.textContent = `${size.width} x ${size.height} px, ${(100 * candidate.area_share).toFixed(1)} % marked`;
    this.panes.open(candidate.image_id, size, {
      lr: image.lr ? lrUrl(image) : null,
      gan: renditionUrl(image.gan),
      mse: renditionUrl(image.mse),
      pseudo_gt: pseudoGtUrl(revision, image.gan, feather),
    });
    this.#showTuned();
    loadMaskRuns({ revision }).then(
      (runs) => candidate === this.candidate && this.panes.setMask(runs),
      (error) => (this.says.textContent = error.message),
    );
  }

  #showTuned() {
    const rendition = this.tuned.renditions[this.candidate.image_id];
    const url = rendition ? renditionUrl(rendition) : null;
    this.panes.setImage("tuned", url, rendition ? `Fine-tuned (${this.tuned.model})` : undefined);
  }
}
