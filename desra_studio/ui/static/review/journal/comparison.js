// Looking at two masks at once, and choosing between them. While it is open the mask stays as it is.

import { groupDigits } from "../../masks/components.js";
import { combineMasks } from "../../masks/difference.js";
import { DifferenceLayer, makeSwatch } from "../../viewer/difference_layer.js";
import { make } from "../../shared/dom.js";
import { MaskLayer } from "../../viewer/mask_layer.js";

/** @import { Size } from "#types/masks" */
/** @import { ReviewPage, View } from "#types/review" */

const CHOOSE_FIRST = "Choose between the two masks first, below the images.";
const CLOSE_FIRST = "Two masks are compared. Close the comparison (Escape) to go on painting.";

/**
 * @typedef {{
 *   label: string,
 *   choice?: string,
 *   title?: string,
 *   run: (mask: Uint8Array) => unknown,
 * }} Choice a button; `choice` is as in `combineMasks`, none for one that needs no mask.
 */

/**
 * @typedef {{
 *   layer: DifferenceLayer | MaskLayer,
 *   title: string,
 *   legend: Node[],
 *   choices: Choice[],
 *   combine: (choice: string | undefined) => Uint8Array,
 *   onClose?: (() => void) | null,
 * }} Shown what is shown: `onClose` makes it possible to close it without a choice.
 */

export class Comparison {
  element = make("div", { className: "comparison", role: "group", hidden: true });
  slots = { stage: [this.element] };
  /** @type {Shown["layer"] | null} */
  #layer = null;
  /** @type {(() => void) | null} */
  #onClose = null;

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    page.root.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.isOpen || !this.#onClose) return;
        event.preventDefault();
        event.stopPropagation();
        this.close();
      },
      { capture: true },
    );
  }

  get isOpen() {
    return this.#layer !== null;
  }

  /** Why the mask cannot be changed now. */
  get freezes() {
    if (!this.isOpen) return null;
    return this.#onClose ? CLOSE_FIRST : CHOOSE_FIRST;
  }

  /**
   * Show two masks of the open document, and what can be done with them.
   *
   * @param {{
   *   mine: Uint8Array,
   *   theirs: Uint8Array,
   *   names: string[],
   *   choices: Choice[],
   *   onClose?: (() => void) | null,
   * }} compared masks of 0 and 1, the names of both as the legend has them, and what can be done.
   */
  open({ mine, theirs, names, choices, onClose = null }) {
    const { document } = this.page;
    if (!document) return;
    const layer = new DifferenceLayer(mine, theirs, document.width, document.height);
    const legend = [
      describePart("mine", `${names[0]} only`, layer.counts),
      describePart("theirs", `${names[1]} only`, layer.counts),
      describePart("both", "both", layer.counts),
    ];
    const combine = (/** @type {string | undefined} */ choice) =>
      choice ? combineMasks(mine, theirs, choice) : mine;
    this.#show({ layer, title: names.join(" and "), legend, choices, combine, onClose });
  }

  /**
   * Show one mask of 0 and 1 instead of the document's; arguments as those of `open`.
   * @param {{ mask: Uint8Array, title: string, choices: Choice[], onClose?: (() => void) | null }} shown
   */
  view({ mask, title, choices, onClose }) {
    const { document } = this.page;
    if (!document) return;
    const layer = new MaskLayer(mask, document.width, document.height);
    this.#show({ layer, title, legend: [make("strong", {}, title)], choices, combine: () => mask, onClose });
  }

  /** @param {Shown} shown */
  #show({ layer, title, legend, choices, combine, onClose = null }) {
    this.#layer = layer;
    this.#onClose = onClose;
    const buttons = choices.map(({ label, choice, title: hint, run }) => {
      const button = make("button", { title: hint ?? "" }, label);
      button.addEventListener("click", () => {
        this.#shut();
        run(combine(choice));
      });
      return button;
    });
    if (onClose) {
      const close = make("button", {}, "Close", make("kbd", {}, "Esc"));
      close.addEventListener("click", () => this.close());
      buttons.push(close);
    }
    this.element.ariaLabel = title;
    this.element.replaceChildren(...legend, make("span", { className: "gap" }), ...buttons);
    this.element.hidden = false;
    this.page.panes.invalidate();
    this.page.describe();
    buttons[0].focus();
  }

  /** Close it without a choice, where that can be. */
  close() {
    const onClose = this.#onClose;
    this.#shut();
    onClose?.();
  }

  leave() {
    if (this.isOpen) this.#shut();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string} kind
   * @param {View} view
   * @param {Size} pane
   */
  decorate(context, kind, view, pane) {
    const { panes, opacity } = this.page;
    // Where no pane shows the mask, all show what is compared.
    const isPlace = kind === "mask" || panes.all.every((each) => each.view !== "mask");
    if (isPlace) this.#layer?.draw(context, view, pane, Number(opacity.value));
  }

  #shut() {
    this.#layer = this.#onClose = null;
    this.element.hidden = true;
    this.page.focus();
    this.page.panes.invalidate();
    this.page.describe();
  }
}

/**
 * @param {"mine" | "theirs" | "both"} part
 * @param {string} name
 * @param {Record<"mine" | "theirs" | "both", number>} counts
 */
function describePart(part, name, counts) {
  const swatch = make("canvas", { width: 22, height: 14, ariaHidden: "true" });
  const context = swatch.getContext("2d");
  const pattern = context?.createPattern(makeSwatch(part), "repeat");
  if (context && pattern) {
    context.fillStyle = pattern;
    context.fillRect(0, 0, 22, 14);
  }
  return make("span", { className: "part" }, swatch, `${name} ${groupDigits(counts[part])} px`);
}
