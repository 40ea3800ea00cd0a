// One component of the detection under review: choosing it, deciding about it, labelling it.

import { loadAttribution } from "../api.js";
import { ComponentRow } from "./component_row.js";
import {
  describeRegion,
  findRegion,
  floodRegion,
  pickPoint,
  shareMarked,
} from "./components.js";
import { areSame } from "./detector_settings.js";
import { Newest } from "../newest.js";
import { UNLABELLED } from "./regions.js";

export class Selection {
  /**
   * `label` is what is shown, `change` what of it was set here, `ready` when the saved one is known.
   * @type {{document, detected, region, spans, point, effect, version, label, change, ready}?}
   */
  chosen = null;
  #effects = new Newest((chosen, signal) => this.#loadEffect(chosen, signal));

  constructor(page) {
    this.page = page;
    this.row = new ComponentRow(page, this);
  }

  /** Go to the next or previous component, from the last on to the first. */
  async step(offset) {
    const detected = await this.#readDetected();
    if (!detected) return;
    const { ranked } = detected;
    if (ranked.length === 0) return this.page.say("No component is detected with these settings.");
    const before = this.chosen ? ranked.indexOf(this.chosen.region) : offset > 0 ? -1 : 0;
    const region = ranked[(before + offset + ranked.length) % ranked.length];
    this.#choose(detected, region);
    this.page.panes.reveal(region.box);
  }

  /** Choose the component over a point of the image. */
  async pick(point) {
    const detected = await this.#readDetected();
    if (!detected) return;
    const region = this.#findAt(detected, { x: Math.floor(point.x), y: Math.floor(point.y) });
    if (region) this.#choose(detected, region);
    else this.drop();
  }

  drop() {
    this.chosen = null;
    this.#effects.cancel();
    this.refresh();
  }

  /** Put the chosen component into the mask (1), or take it out (0). */
  fill(value) {
    const { page } = this;
    if (!this.chosen) return page.say("Choose a component first, with N or Ctrl+click.");
    if (page.locked) return;
    page.detector.cancel();
    const changed = page.document.fillSpans(this.chosen.spans, value);
    page.panes.invalidate();
    page.afterEdit();
    if (!changed) page.say(value ? "All of it is in the mask." : "None of it is in the mask.");
  }

  /** Bring the row up to date with the mask, and with other detected components. */
  refresh() {
    const { page } = this;
    const detected = page.document?.detected;
    if (this.chosen && this.chosen.document !== page.document) this.chosen = null;
    if (this.chosen && this.chosen.detected !== detected) {
      const region = detected?.runs ? this.#findAt(detected, this.chosen.point) : null;
      if (region) return this.#choose(detected, region);
      this.chosen = null;
    }
    if (!this.chosen) {
      this.#effects.cancel();
      this.row.showNone(
        detected?.regions.length
          ? "N goes through the components, the weightiest first; Ctrl+click chooses one."
          : "",
      );
    } else this.#show();
    page.panes.invalidate();
  }

  #choose(detected, region) {
    const { document } = this.page;
    const spans = floodRegion(detected.mask, document.width, region);
    const point = pickPoint(spans);
    const label = { label: UNLABELLED, change: {} };
    this.chosen = { document, detected, region, spans, point, effect: "", ...label };
    this.#show();
    this.chosen.ready = this.page.regions.load(this.chosen);
    this.page.panes.invalidate();
  }

  #show() {
    const { chosen, page } = this;
    const { ranked } = chosen.detected;
    this.row.show(describeRegion(chosen.region, ranked.indexOf(chosen.region), ranked.length));
    this.row.showLabel(chosen.label);
    this.#showEffect();
    // The figures are those of the saved mask.
    const { version } = page.document.record;
    if (chosen.version === version) return;
    chosen.version = version;
    if (!areSame(chosen.detected.settings, page.document.stored.settings)) {
      this.#effects.cancel();
      chosen.effect = "Precision and recall are told for the stored detection.";
      this.#showEffect();
    } else this.#effects.ask(chosen);
  }

  #showEffect() {
    const { effect, spans, document } = this.chosen;
    this.row.showEffect(effect, shareMarked(spans, document.mask, document.width) >= 0.5);
  }

  async #loadEffect(chosen, signal) {
    let effect;
    try {
      effect = await loadAttribution(chosen.document.record.id, chosen.point, signal);
    } catch (error) {
      effect = error.message;
    }
    if (signal.aborted) return;
    chosen.effect = effect;
    if (this.chosen === chosen) this.#showEffect();
  }

  #findAt(detected, { x, y }) {
    const { width, height } = this.page.document;
    if (x < 0 || y < 0 || x >= width || y >= height) return null;
    return findRegion(detected.ranked, detected.mask, width, x, y);
  }

  /** What is detected, with its mask; null where nothing is, or another image came meanwhile. */
  async #readDetected() {
    const { page } = this;
    const { document } = page;
    const { detected } = document;
    page.detector.open();
    if (!detected) {
      page.say("Nothing was detected in this image yet.");
      return null;
    }
    try {
      await detected.load();
    } catch (error) {
      page.say(error.message, true);
      return null;
    }
    return page.document === document && document.detected === detected ? detected : null;
  }
}
