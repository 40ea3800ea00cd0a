// The walk through the components: which ones, which one is shown, and the keys.

import { makeButton } from "../shared/controls.js";
import { make, pageAddress } from "../shared/dom.js";
import { nameKeys } from "../shared/key_map.js";
import { listViewKeys } from "../viewer/view_keys.js";
import {
  FATES,
  countFates,
  describeComponent,
  findFate,
  listComponents,
  readWalk,
  stepComponent,
  writeWalk,
} from "./fates.js";
import { ProofPanes } from "./panes.js";
import { describeWords } from "./witnesses.js";

/** @import { Fate, ProofComponent, ProofImage, ProofView } from "#types/proof" */
/** @import { FocusedPage } from "#types/shared" */

export class Walk {
  /** @type {ProofView | null} */
  proof = null;
  /** @type {Map<number, ProofImage>} By id. */
  images = new Map();
  /** @type {ProofComponent[]} */
  #list = [];
  /** @type {ProofComponent | null} */
  #current = null;
  /** @type {Fate | null} */
  #fate = null;

  /** @param {FocusedPage & { root: HTMLElement }} page has the `root` that takes the keys. */
  constructor(page) {
    this.page = page;
    this.panes = new ProofPanes(() => page.focus());
    const span = (/** @type {string} */ className) => make("span", { className });
    /** @type {(label: string, key: string, act: () => void) => HTMLButtonElement} */
    const button = (...rest) => makeButton(page, ...rest);
    this.filters = [null, ...FATES.map(({ id }) => id)].map((id) => this.#buildFilter(id));
    this.position = span("position");
    this.about = make("span", { className: "about", role: "status" });
    this.words = make("p", { className: "words" });
    this.review = make("a", {}, "Open in Review");
    this.outline = make("input", { type: "checkbox", checked: true });
    this.outline.addEventListener("change", () => this.panes.showOutline(this.outline.checked));
    this.blinker = makeButton(page, "Blink", "X", () => {});
    this.blinker.title = "Hold to swap before and after (X)";
    this.steps = [
      button("Previous", "Shift+N", () => this.step(-1)),
      button("Next", "N", () => this.step(1)),
    ];
    this.none = make("p", { className: "none" });
    this.element = make(
      "div",
      { className: "walk" },
      make(
        "div",
        { className: "bar" },
        make("div", { className: "fates", role: "group", ariaLabel: "Components to walk through" },
          ...this.filters.map((filter) => filter.button)),
      ),
      make("div", { className: "stage" }, this.panes.element, this.none),
      make("div", { className: "said" }, this.about, " ", this.review, this.words),
      make(
        "div",
        { className: "bar bottom" },
        ...this.steps,
        this.position,
        span("gap"),
        make("label", {}, this.outline, "Outline", make("kbd", {}, "H")),
        this.blinker,
        button("Component", "C", () => this.panes.goHome()),
        button("Fit / 1:1", "Z", () => this.panes.toggleActualSize()),
      ),
    );
    this.#bindBlinker();
  }

  /**
   * Show a proof, at the component that the address names.
   * @param {ProofView} proof
   */
  show(proof) {
    this.proof = proof;
    this.panes.nameReference(proof.proof.reference);
    this.images = new Map(proof.images.map((image) => [image.id, image]));
    const counts = countFates(proof.components);
    for (const { id, count, button } of this.filters) {
      const number = id ? counts[id] : proof.components.length;
      count.textContent = String(number);
      button.disabled = id !== null && !number;
    }
    const { fate, place } = readWalk(location.search);
    this.#choose(fate);
    this.#open(this.#list[place] ?? this.#list[0] ?? null);
  }

  /** @param {number} offset */
  step(offset) {
    this.#open(stepComponent(this.#list, this.#current, offset));
  }

  /** @param {Fate | null} id */
  #buildFilter(id) {
    const { title, sign, tip } = findFate(id) ?? { title: "All", sign: "", tip: "" };
    const count = make("span", { className: "count" });
    const made = make(
      "button",
      { type: "button", title: tip },
      ...(sign ? [make("span", { className: `sign ${id}`, ariaHidden: "true" }, sign)] : []),
      title,
      " ",
      count,
    );
    this.page.onClick(made, () => {
      this.#choose(id);
      const isListed = this.#current && this.#list.includes(this.#current);
      this.#open(isListed ? this.#current : (this.#list[0] ?? null));
    });
    return { id, count, button: made };
  }

  /** @param {Fate | null} fate */
  #choose(fate) {
    this.#fate = fate;
    this.#list = listComponents(this.proof?.components ?? [], fate);
    for (const { id, button } of this.filters) button.ariaPressed = String(id === fate);
  }

  /** @param {ProofComponent | null} component */
  async #open(component) {
    this.#current = component;
    this.#describe();
    const image = component && this.images.get(component.image_id);
    if (!image || !this.proof) return;
    const { components } = this.proof;
    const others = components.filter((each) => each !== component && each.image_id === image.id);
    await this.panes.show(image, component, others);
    if (this.#current !== component) return;
    this.page.root.dataset.shown = String(components.indexOf(component) + 1);
    const next = stepComponent(this.#list, component, 1);
    const following = next && this.images.get(next.image_id);
    if (following) this.panes.prefetch(following);
  }

  #describe() {
    const component = this.#current;
    const place = component ? this.#list.indexOf(component) : -1;
    this.panes.element.hidden = !component;
    this.none.hidden = component !== null;
    this.none.textContent = "No component here: none was accepted or detected before, none is new.";
    for (const step of this.steps) step.disabled = this.#list.length < 2;
    this.position.textContent = component ? `${place + 1}/${this.#list.length}` : "";
    this.review.hidden = !component;
    this.about.replaceChildren();
    this.words.textContent = component && this.proof ? describeWords(component, this.proof.proof) : "";
    this.words.hidden = !this.words.textContent;
    if (!this.proof) return;
    const { run, dataset_id: dataset } = this.proof;
    const address = { run, dataset, fate: this.#fate, place };
    history.replaceState(history.state, "", location.pathname + writeWalk(location.search, address));
    const fate = component && findFate(component.fate);
    const image = component && this.images.get(component.image_id);
    if (!fate || !image) return;
    const { title, sign } = fate;
    const { id, name } = image;
    this.about.append(
      make("span", { className: `sign ${component.fate}`, ariaHidden: "true" }, sign),
      " ",
      make("strong", {}, title),
      ` ${describeComponent(component)} of `,
      make("strong", { className: "name" }, name),
    );
    this.review.href = pageAddress("/review", { dataset, image: id });
  }

  #bindBlinker() {
    const hold = (/** @type {boolean} */ held) => () => this.panes.blink(held);
    this.blinker.addEventListener("pointerdown", (event) => {
      this.blinker.setPointerCapture(event.pointerId);
      this.panes.blink(true);
    });
    for (const name of ["pointerup", "pointercancel", "blur"]) {
      this.blinker.addEventListener(name, hold(false));
    }
    for (const [name, held] of /** @type {["keydown" | "keyup", boolean][]} */ ([
      ["keydown", true],
      ["keyup", false],
    ])) {
      this.blinker.addEventListener(name, (event) => {
        const isPress = event.key === " " || event.key === "Enter";
        if (isPress && !event.repeat) this.panes.blink(held);
      });
    }
    window.addEventListener("blur", hold(false));
  }

  /**
   * What a pressed key does; null where it does nothing.
   * @param {KeyboardEvent} event
   */
  #findAction(event) {
    const { panes } = this;
    /** @type {Record<string, () => unknown>} */
    const actions = {
      ...listViewKeys(panes),
      n: () => this.step(1),
      "shift+n": () => this.step(-1),
      h: () => {
        this.outline.checked = !this.outline.checked;
        panes.showOutline(this.outline.checked);
      },
      x: () => event.repeat || panes.blink(true),
      c: () => panes.goHome(),
    };
    const key = nameKeys(event).find((name) => Object.hasOwn(actions, name));
    return key ? actions[key] : null;
  }

  /**
   * Let the keys work wherever the focus is, but not while something is chosen from a menu.
   * @param {HTMLElement} root
   */
  bindKeys(root) {
    root.addEventListener("keydown", (event) => {
      const { target } = event;
      if (!this.proof || event.altKey || !(target instanceof Element)) return;
      if (target.matches("select")) return;
      // In the figures the arrow keys scroll, on a control its own keys come first.
      if (event.key.startsWith("Arrow") && target.matches("aside *, input")) return;
      const act = this.#findAction(event);
      if (!act) return;
      event.preventDefault();
      act();
    });
    root.addEventListener("keyup", (event) => event.code === "KeyX" && this.panes.blink(false));
  }
}
