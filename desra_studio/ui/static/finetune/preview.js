// One crop as GAN-SR was, as it is at an iteration, and as MSE-SR has it, with a slider through the
// iterations. While a run goes on the slider follows it, until somebody moves it back.

import { make } from "../shared/dom.js";
import { Newest } from "../shared/newest.js";
import { previewUrl } from "./api.js";

const PANES = [
  { key: "gan", title: "GAN-SR before" },
  { key: "now", title: "Now" },
  { key: "mse", title: "MSE-SR" },
];
const WAITING = "The first preview comes with the first figures.";

/** The name of an iteration's picture. */
export const nameIteration = (iteration) => String(iteration).padStart(6, "0");

export class Preview {
  constructor() {
    this.iterations = [];
    this.follows = true;
    this.pictures = new Map();
    this.of = make("span", { className: "of" }, WAITING);
    this.panes = PANES.map(({ key, title }) => {
      const crop = make("div", { className: "crop" });
      const caption = make("figcaption", {}, title);
      const element = make("figure", { className: key }, crop, caption);
      const loader = new Newest((wanted) => this.#swap(crop, wanted, title));
      return { key, crop, caption, element, loader };
    });
    this.slider = make("input", {
      type: "range",
      min: 0,
      max: 0,
      value: 0,
      disabled: true,
      ariaLabel: "Iteration of the preview",
      oninput: () => this.#slide(),
    });
    this.at = make("output");
    this.root = make(
      "div",
      { className: "preview" },
      make("h3", {}, "Preview", this.of),
      make("div", { className: "strip" }, ...this.panes.map(({ element }) => element)),
      make("div", { className: "slide" }, this.slider, this.at),
    );
  }

  /** Show a run's previews: { name, box, fixed, iterations }, as far as there are any. */
  show(run, { name = "", iterations = [], fixed = [] }) {
    if (run.id !== this.run) {
      this.run = run.id;
      this.follows = true;
      this.iterations = [];
      this.pictures.clear();
      for (const pane of this.panes) {
        pane.crop.replaceChildren();
        pane.url = null;
      }
    }
    this.of.textContent = iterations.length ? name : run.active ? WAITING : "None was made.";
    this.of.title = name;
    const before = this.iterations[this.slider.value];
    this.iterations = iterations;
    this.slider.max = Math.max(0, iterations.length - 1);
    this.slider.disabled = iterations.length < 2;
    const kept = this.follows ? -1 : iterations.indexOf(before);
    this.slider.value = kept < 0 ? iterations.length - 1 : kept;
    for (const key of ["gan", "mse"]) if (fixed.includes(key)) this.#load(key, key);
    this.#showNow();
  }

  #slide() {
    this.follows = Number(this.slider.value) === this.iterations.length - 1;
    this.#showNow();
  }

  #showNow() {
    const iteration = this.iterations[this.slider.value];
    const last = this.iterations.at(-1);
    this.at.textContent = iteration === undefined ? "" : `Iteration ${iteration} of ${last}`;
    this.slider.setAttribute("aria-valuetext", this.at.textContent);
    const { caption } = this.panes[1];
    caption.textContent = iteration === undefined || iteration === last ? "Now" : `At ${iteration}`;
    if (iteration !== undefined) this.#load("now", nameIteration(iteration));
  }

  #load(key, name) {
    const pane = this.panes.find((one) => one.key === key);
    const url = previewUrl(this.run, name);
    if (pane.url === url) return;
    pane.url = url;
    pane.loader.ask({ url, run: this.run });
  }

  /** Show another picture once it is there, so that nothing blinks in between. */
  async #swap(crop, { url, run }, alt) {
    // The server lets nobody keep these, since a run's number comes again in another studio.
    const picture = this.pictures.get(url) ?? make("img", { src: url, alt });
    try {
      await picture.decode();
    } catch {
      return;
    }
    if (run !== this.run) return;
    this.pictures.set(url, picture);
    crop.replaceChildren(picture);
  }
}
