// Before, after and MSE-SR, or what takes its place, side by side, with the components of the image.

import { USUAL_REFERENCE, nameReference } from "../shared/words.js";
import { frameBox, toPane } from "../viewer/geometry.js";
import { ImagePanes } from "../viewer/image_panes.js";
import { ORANGE, SKY } from "../viewer/mask_colours.js";
import { loadRendition } from "../viewer/sources.js";

/** @import { Size } from "#types/masks" */
/** @import { Fate, ProofComponent, ProofDocument, ProofImage } from "#types/proof" */
/** @import { PaneContent, PanesHost, View } from "#types/viewer" */

// Below three flashes in a second, which can harm people.
const BLINK_MS = 400;
/** @type {{ id: string, key: "gan" | "after" | "mse", title: string }[]} */
const PANES = [
  { id: "before", key: "gan", title: "Before: GAN-SR" },
  { id: "after", key: "after", title: "After: fine-tuned" },
  { id: "mse", key: "mse", title: USUAL_REFERENCE },
];
const ORDER = ["before", "after", "mse"];
const SWAPPED = ["after", "before", "mse"];
// Fates by line as well as colour: a blue and an orange that colour-blind people tell apart. Of
// controls the lines are dotted, and of what nobody saw.
/** @type {Record<Fate, { colour: string, dash: number[] }>} */
const LOOKS = {
  new: { colour: ORANGE, dash: [] },
  still_there: { colour: ORANGE, dash: [6, 4] },
  fainter: { colour: SKY, dash: [6, 4] },
  unseen: { colour: "#fff", dash: [2, 4] },
  changed: { colour: ORANGE, dash: [2, 4] },
  gone: { colour: SKY, dash: [] },
  kept: { colour: SKY, dash: [2, 4] },
};

/**
 * Shows a document { width, height, component, others }, from its component on.
 * @augments {ImagePanes<ProofDocument>}
 */
export class ProofPanes extends ImagePanes {
  #outlined = true;
  #shown = "";
  #showing = 0;
  /** @type {number | undefined} */
  #blinking;

  /** @param {() => void} onPress hears when a pane is pressed. */
  constructor(onPress) {
    /** @type {NonNullable<PanesHost["decorate"]>} */
    const decorate = (context, _, view, pane) => this.#decorate(context, view, pane);
    /** @type {(document: ProofDocument, pane: Size) => View} */
    const home = ({ component, ...image }, pane) => frameBox(component, pane, image);
    super(PANES, { onPress, decorate }, { home });
  }

  /**
   * Name what GAN-SR is compared with.
   * @param {string} [reference]
   */
  nameReference(reference) {
    this.setTitle("mse", nameReference(USUAL_REFERENCE, reference));
  }

  /**
   * Show a component of an image, with the other components of that image.
   * @param {ProofImage} image
   * @param {ProofComponent} component
   * @param {ProofComponent[]} others
   */
  async show(image, component, others) {
    const turn = (this.#showing += 1);
    /** @type {(pane: typeof PANES[number]) => Promise<[id: string, content: PaneContent]>} */
    const load = async ({ id, key }) => [
      id,
      await loadRendition(image[key], image).catch((error) => error.message),
    ];
    const sources = await Promise.all(PANES.map(load));
    if (turn !== this.#showing) return; // another one was asked for meanwhile
    const { width, height } = image;
    const shown = JSON.stringify([image, component]);
    // Of one that was only read again the view stays.
    if (shown !== this.#shown) this.open({ width, height, component, others });
    this.#shown = shown;
    for (const [id, source] of sources) this.setSource(id, source);
  }

  /**
   * Load what comes next, so that it is there at once.
   * @param {ProofImage} image
   */
  prefetch(image) {
    for (const { key } of PANES) loadRendition(image[key], image).catch(() => {}); // told when shown
  }

  /**
   * Let before and after change places, at once and then steadily, until that ends.
   * @param {boolean} held
   */
  blink(held) {
    clearInterval(this.#blinking);
    this.setOrder(held ? SWAPPED : ORDER);
    if (!held) return;
    const swap = () => this.setOrder(this.order === ORDER ? SWAPPED : ORDER);
    this.#blinking = setInterval(swap, BLINK_MS);
  }

  /** @param {boolean} shown */
  showOutline(shown) {
    this.#outlined = shown;
    this.invalidate();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Size} pane
   */
  #decorate(context, view, pane) {
    if (!this.#outlined || !this.document) return;
    const { component, others } = this.document;
    for (const other of others) this.#outline(context, other, false, view, pane);
    this.#outline(context, component, true, view, pane);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {ProofComponent} component
   * @param {boolean} isChosen
   * @param {View} view
   * @param {Size} pane
   */
  #outline(context, { x, y, w, h, fate }, isChosen, view, pane) {
    const { ratio } = this;
    const start = toPane(view, pane, { x, y });
    const end = toPane(view, pane, { x: x + w, y: y + h });
    // Beside the component, not over its pixels; half px for lines that are sharp.
    const [left, top] = [Math.floor(start.x) - 2.5, Math.floor(start.y) - 2.5];
    const [right, bottom] = [Math.ceil(end.x) + 2.5, Math.ceil(end.y) + 2.5];
    const { colour, dash } = LOOKS[fate];
    context.save();
    // Dark below, so that it shows on any photograph.
    for (const [stroke, width, line] of /** @type {[string, number, number[]][]} */ ([
      [isChosen ? "rgb(0 0 0 / 75%)" : "rgb(0 0 0 / 35%)", isChosen ? 4 : 1, []],
      [isChosen ? colour : "rgb(255 255 255 / 55%)", isChosen ? 2 : 1, dash],
    ])) {
      context.strokeStyle = stroke;
      context.lineWidth = width * ratio;
      context.setLineDash(line.map((length) => length * ratio));
      context.strokeRect(left, top, right - left, bottom - top);
    }
    context.restore();
  }
}
