// The queue: every image of the dataset with its state, and which one comes next.

import { loadQueue } from "../api.js";
import { make } from "../dom.js";

const MARKS = {
  unreviewed: "○",
  "in progress": "◐",
  accepted: "●",
  clean: "✓",
  skipped: "–",
};

const isOpen = ({ state }) => state === "unreviewed" || state === "in progress";

export class Queue {
  items = [];
  buttons = new Map();
  element = make("ol");
  slots = { aside: [{ id: "queue", title: "Queue", element: make("div", {}, this.element) }] };

  /** Fetch the images and list them; `bind(button, item)` says what a click does. */
  async load(dataset, bind) {
    this.items = await loadQueue(dataset);
    for (const item of this.items) {
      const button = makeButton(item);
      bind(button, item);
      this.buttons.set(item.id, button);
      this.#mark(item);
    }
    const rows = [...this.buttons.values()].map((button) => make("li", {}, button));
    this.element.replaceChildren(...rows);
  }

  find(id) {
    return this.items.find((item) => item.id === id);
  }

  /** The wanted image, else the first open one, else the first. */
  first(wanted) {
    return this.find(wanted) ?? this.items.find(isOpen) ?? this.items[0];
  }

  /** The image some places further on, if there is one. */
  neighbour(id, offset) {
    return this.items[this.items.findIndex((item) => item.id === id) + offset];
  }

  /** The next image that waits for a verdict, from the top again after the last. */
  nextOpen(id) {
    const index = this.items.findIndex((item) => item.id === id);
    return [...this.items.slice(index + 1), ...this.items.slice(0, index)].find(isOpen);
  }

  count(state) {
    return this.items.filter((item) => item.state === state).length;
  }

  /** Show an image as the current one, in its state; however long the list, little is touched. */
  pointTo(id, state) {
    const item = this.find(id);
    if (!item) return;
    item.state = state;
    this.#mark(item);
    const before = this.element.querySelector("[aria-current]");
    const button = this.buttons.get(id);
    if (before === button) return;
    before?.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    button.scrollIntoView({ block: "nearest" });
    if (before === document.activeElement) button.focus();
  }

  #mark(item) {
    const button = this.buttons.get(item.id);
    button.title = `${item.name}: ${item.state}, ${item.regions} artifacts detected`;
    button.firstChild.textContent = MARKS[item.state];
    button.firstChild.ariaLabel = item.state;
  }
}

function makeButton(item) {
  return make(
    "button",
    {},
    make("span", { className: "mark" }),
    make("span", { className: "name" }, item.name),
    make("span", { className: "count" }, `${item.regions || ""}`),
  );
}
