// The choice of a discriminator: one that is here and fits the generator, or a fresh one.

import { make } from "../shared/dom.js";
import { tellFresh } from "./cautions.js";

/** @typedef {{ fitting: [number, string][], released: number | null, missing: string }} Offer */

const FRESH = "";

export class DiscriminatorChoice {
  /** @param {() => void} onChange */
  constructor(onChange) {
    /** What was chosen by hand, an id or FRESH; null while it is the default. */
    this.wanted = /** @type {number | string | null} */ (null);
    this.missing = "";
    this.select = make("select", {
      id: "finetune-discriminator",
      onchange: () => {
        this.wanted = this.value ?? FRESH;
        onChange();
      },
    });
    this.note = make("small", { className: "quiet" });
    this.root = make(
      "div",
      { className: "generator" },
      make("label", { htmlFor: "finetune-discriminator" }, "Discriminator"),
      this.select,
      this.note,
    );
  }

  /** The id of the one that is chosen; null for a fresh one. */
  get value() {
    return Number(this.select.value) || null;
  }

  /**
   * Offer what fits a generator, and choose what is wanted, else the one that it came with.
   * @param {Offer | undefined} offer
   * @param {number | string | null} [wanted]
   */
  offer({ fitting, released, missing } = { fitting: [], released: null, missing: "" }, wanted = null) {
    const known = wanted === FRESH || fitting.some(([id]) => id === wanted);
    this.wanted = known ? wanted : null;
    this.missing = missing;
    this.select.replaceChildren(
      ...fitting.map(([id, name]) => make("option", { value: String(id) }, name)),
      make("option", { value: FRESH }, "A fresh one"),
    );
    this.select.value = String(this.wanted ?? released ?? FRESH);
  }

  /**
   * Say what is to be known of the choice under some settings; without its loss there is none.
   * @param {Record<string, any>} settings
   */
  tell({ adversarial_weight, discriminator_warm_up }) {
    this.root.hidden = !(adversarial_weight > 0);
    this.note.textContent = tellFresh(this.value, this.missing, discriminator_warm_up);
  }
}
