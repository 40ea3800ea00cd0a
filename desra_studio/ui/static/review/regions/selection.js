// One component under review: choosing it, deciding about it, telling about it. It may be the
// detector's, as it is in the mask or left out of it, or one that was painted.

import { loadAttribution } from "../api.js";
import { findAround, findItem } from "./component_list.js";
import { ComponentRow } from "./component_row.js";
import { describeRegion, findMarked, hasPoint, pickPoint, shareMarked } from "../../masks/components.js";
import { areSame } from "../detector/detector_settings.js";
import { Inventory } from "./inventory.js";
import { Newest } from "../../shared/newest.js";
import { UNLABELLED } from "./label_fields.js";

/** @import { ReviewDocument } from "../document.js" */
/** @import { Point, Span } from "#types/masks" */
/** @import { Chosen, ComponentItem, ReviewPage } from "#types/review" */

const PAINTED = "Painted here: precision and recall are told for what was detected.";

export class Selection {
  /**
   * An item of component_list.js, and more: `point` is a px of it, `label` what is shown, `change`
   * what of it was set here, `ready` when the saved one is known.
   * @type {Chosen | null}
   */
  chosen = null;
  #inventory = new Inventory();
  #takenOut = {
    document: /** @type {ReviewDocument | null} */ (null),
    spans: /** @type {Span[]} */ ([]),
  };
  #effects = new Newest((/** @type {Chosen} */ chosen, signal) => this.#loadEffect(chosen, signal));

  /** @param {ReviewPage} page */
  constructor(page) {
    this.page = page;
    this.row = new ComponentRow(page, this);
  }

  /**
   * Go to the next or previous component, from the last on to the first.
   * @param {number} offset
   */
  async step(offset) {
    this.page.detector.open();
    const items = await this.#readItems();
    if (!items) return;
    if (items.length === 0) return this.page.say(this.#tellNone());
    const at = items.findIndex((one) => one === this.chosen?.item);
    const before = at < 0 && offset < 0 ? 0 : at;
    const item = items[(before + offset + items.length) % items.length];
    this.#choose(item);
    this.page.panes.reveal(item.region.box);
  }

  /**
   * Choose the component over a point of the image.
   * @param {Point} point
   */
  async pick(point) {
    this.page.detector.open();
    const items = await this.#readItems();
    if (!items) return;
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    const item = findItem(items, x, y) ?? findAround(items, x, y);
    if (item) this.#choose(item);
    else this.drop();
  }

  /**
   * Take the component over a point out of the mask, or put it in where it is out.
   * @param {Point} point
   */
  async toggle(point) {
    const { page } = this;
    const items = await this.#readItems();
    const { document } = page;
    if (!items || !document || page.locked) return;
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    const listed = findItem(items, x, y);
    const item = listed ?? this.#findTakenOut(x, y);
    if (!item) return page.say("Nothing is marked or detected there.");
    if (page.detector.isOpen && listed) this.#choose(listed);
    const isMarked = document.mask[y * document.width + x];
    this.#fill(item, isMarked ? 0 : 1);
  }

  /**
   * The component over a point, as far as that is known without waiting.
   * @param {Point} point
   */
  peek(point) {
    const { document } = this.page;
    const items = document && this.#inventory.read(document);
    return items && findItem(items, Math.floor(point.x), Math.floor(point.y));
  }

  drop() {
    this.chosen = null;
    this.#effects.cancel();
    this.refresh();
  }

  /** The spans of what is chosen as the mask has it; null where nothing of it is marked. */
  get chosenInMask() {
    return this.chosen?.kept ? this.chosen.spans : null;
  }

  /**
   * Put the chosen component into the mask (1), or take it out (0).
   * @param {0 | 1} value
   */
  fill(value) {
    const { page, chosen } = this;
    if (!chosen) return page.regions.sayNone();
    if (page.locked) return;
    if (this.#fill(chosen, value)) return;
    page.say(value ? "All of it is in the mask." : "None of it is in the mask.");
  }

  /** Bring the row up to date with the mask, and with other detected components. */
  refresh() {
    const { chosen, page } = this;
    const detected = page.document?.detected;
    if (chosen && !this.#follow()) this.chosen = null;
    if (!this.chosen) {
      this.#effects.cancel();
      const next = page.keyMap.describe("next-component");
      const advice = next ? `${next} goes through the components, the weightiest first; ` : "";
      const hasAny = detected?.regions.length || page.document?.area;
      this.row.showNone(hasAny ? `${advice}Ctrl+click chooses one.` : "");
    } else if (this.chosen === chosen) this.#show();
    page.panes.invalidate();
  }

  /** @param {ComponentItem} item */
  #choose(item) {
    const { document } = this.page;
    if (!document) return;
    const { detected } = document;
    // The rest is the item's.
    this.chosen = /** @type {Chosen} */ (
      { document, detected, effect: "", label: UNLABELLED, change: {} }
    );
    this.#take(item);
    this.#show();
    this.chosen.ready = this.page.regions.load(this.chosen);
    this.page.panes.invalidate();
  }

  /**
   * Let what is chosen be an item.
   * @param {ComponentItem} item
   */
  #take(item) {
    const { chosen } = this;
    if (!chosen) return;
    const stays = chosen.point && hasPoint(item.spans, chosen.point.x, chosen.point.y);
    const point = stays ? chosen.point : pickPoint(item.spans);
    Object.assign(chosen, { ...item, item, point });
  }

  /** Find what is chosen in the mask and the detection as they are now; tells whether it is there. */
  #follow() {
    const { chosen, page } = this;
    const { document } = page;
    if (!chosen || chosen.document !== document) return false;
    const items = this.#inventory.read(document);
    if (!items) return false;
    const { x, y } = chosen.point;
    const { mask, width } = document;
    const rest = mask[y * width + x] ? chosen.point : findMarked(chosen.spans, mask, width);
    const item = findItem(items, (rest ?? chosen.point).x, (rest ?? chosen.point).y);
    if (chosen.detected !== document.detected) {
      if (item) this.#choose(item);
      return item !== null;
    }
    // What was painted and taken out is in no list, but can be put in again.
    if (!item) Object.assign(chosen, { item: null, kept: false });
    else if (item !== chosen.item) this.#take(item);
    return true;
  }

  /**
   * @param {Pick<ComponentItem, "spans" | "whole">} item
   * @param {0 | 1} value
   */
  #fill({ spans, whole }, value) {
    const { page } = this;
    const { document } = page;
    if (!document) return false;
    page.detector.cancel();
    if (!value) this.#takenOut = { document, spans };
    const changed = document.fillSpans(value ? whole : spans, value);
    page.panes.invalidate();
    page.afterEdit();
    return changed;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #findTakenOut(x, y) {
    const { document, spans } = this.#takenOut;
    const isThere = document === this.page.document && hasPoint(spans, x, y);
    return isThere ? { spans, whole: spans } : null;
  }

  #show() {
    const { chosen, page } = this;
    const { document } = page;
    const items = document && this.#inventory.read(document);
    if (!chosen || !items) return;
    const at = items.findIndex((item) => item === chosen.item);
    this.row.show(describeRegion(chosen.region, at, items.length));
    this.row.showLabel(chosen.label);
    this.#showEffect();
    // The figures are those of the saved mask.
    const { version } = document.record;
    if (chosen.version === version) return;
    chosen.version = version;
    const { detected, region } = chosen;
    if (region.painted) this.#sayOfEffect(PAINTED);
    else if (!detected || !document.stored || !areSame(detected.settings, document.stored.settings)) {
      this.#sayOfEffect("Precision and recall are told for the stored detection.");
    } else this.#effects.ask(chosen);
  }

  /** @param {string} text */
  #sayOfEffect(text) {
    this.#effects.cancel();
    if (this.chosen) this.chosen.effect = text;
    this.#showEffect();
  }

  #showEffect() {
    if (!this.chosen) return;
    const { effect, whole, document } = this.chosen;
    this.row.showEffect(effect, shareMarked(whole, document.mask, document.width) >= 0.5);
  }

  /**
   * @param {Chosen} chosen
   * @param {AbortSignal} signal
   */
  async #loadEffect(chosen, signal) {
    let effect;
    try {
      effect = await loadAttribution(chosen.document.record.id, pickPoint(chosen.whole), signal);
    } catch (error) {
      effect = error.message;
    }
    if (signal.aborted) return;
    chosen.effect = effect;
    if (this.chosen === chosen) this.#showEffect();
  }

  #tellNone() {
    if (!this.page.document?.detected) return "Nothing is marked, and nothing has been detected here yet.";
    return "No component is detected with these settings, and none was painted.";
  }

  /** All components; null where they cannot be had, or another image came meanwhile. */
  async #readItems() {
    const { page } = this;
    const { document } = page;
    if (!document) return null;
    const { detected } = document;
    try {
      await detected?.load();
    } catch (error) {
      page.say(error.message, true);
      return null;
    }
    if (page.document !== document || document.detected !== detected) return null;
    return this.#inventory.read(document);
  }
}
