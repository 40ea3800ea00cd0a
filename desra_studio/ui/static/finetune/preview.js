// One crop as GAN-SR was, as it is at an iteration, and as MSE-SR or what takes its place has it, with a
// slider through the iterations. While a run goes on the slider follows it, until somebody moves it back.

import { make } from "../shared/dom.js";
import { Newest } from "../shared/newest.js";
import { nameReference } from "../shared/words.js";
import { loadPyramid } from "../viewer/sources.js";
import { previewUrl } from "./api.js";
import { makePanes } from "./panes.js";

const TITLES = { gan: "GAN-SR before", now: "Now", mse: "MSE-SR" };
const BESIDE = "The preview beside what was before and MSE-SR";
const WAITING = "The first preview comes with the first figures.";

/** The name of an iteration's picture. */
export const nameIteration = (iteration) => String(iteration).padStart(6, "0");

export class Preview {
  constructor() {
    this.iterations = [];
    this.follows = true;
    this.of = make("span", { className: "of" }, WAITING);
    this.panes = makePanes(TITLES, BESIDE);
    this.loaders = Object.fromEntries(
      Object.keys(TITLES).map((id) => [id, new Newest((wanted) => this.#swap(id, wanted))]),
    );
    this.urls = {};
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
      this.panes.element,
      make("div", { className: "slide" }, this.slider, this.at),
    );
  }

  /** Name what GAN-SR is compared with. */
  nameReference(reference) {
    this.panes.setTitle("mse", nameReference(TITLES.mse, reference ?? undefined));
    this.panes.element.ariaLabel = nameReference(BESIDE, reference ?? undefined);
  }

  /** Show a run's previews: { name, box, fixed, iterations }, as far as there are any. */
  show(run, { name = "", iterations = [], fixed = [] }) {
    if (run.id !== this.run) {
      this.run = run.id;
      this.follows = true;
      this.iterations = [];
      this.urls = {};
      this.panes.open(null);
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
    const isLast = iteration === undefined || iteration === last;
    this.panes.setTitle("now", isLast ? TITLES.now : `At ${iteration}`);
    if (iteration !== undefined) this.#load("now", nameIteration(iteration));
  }

  #load(id, name) {
    const url = previewUrl(this.run, name);
    if (this.urls[id] === url) return;
    this.urls[id] = url;
    this.loaders[id].ask({ url, run: this.run });
  }

  /** Show another picture once it is there, so that nothing blinks in between; the view stays. */
  async #swap(id, { url, run }) {
    const picture = await loadPyramid(url).catch(() => null);
    if (!picture || run !== this.run) return;
    const { width, height } = picture;
    if (!this.panes.document) this.panes.open({ width, height });
    this.panes.setSource(id, picture);
  }
}
