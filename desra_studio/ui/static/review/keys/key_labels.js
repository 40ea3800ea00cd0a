// The keys that stand on buttons and in their tooltips, kept true when a key is changed.

import { describeKey, shortenKey } from "../../shared/key_map.js";

export class KeyLabels {
  #page;
  #actions = new Map();

  constructor(page) {
    this.#page = page;
    for (const action of page.actions) {
      for (const key of action.keys) this.#actions.set(shortenKey(key), { action, key });
    }
  }

  /** Write the keys that work now wherever the page shows one. */
  write() {
    for (const place of this.#page.root.querySelectorAll("kbd")) {
      place.dataset.key ??= place.textContent.replace("Shift+", "⇧");
      const { action, key } = this.#actions.get(place.dataset.key) ?? {};
      if (!action) continue;
      const keys = this.#page.keyMap.keys(action.id);
      const now = keys.includes(key) ? key : keys[0];
      place.textContent = now ? shortenKey(now) : "";
      const button = place.closest("button");
      if (button?.title) button.title = retitle(button.title, now ? describeKey(now) : "");
    }
  }
}

/** A tooltip with another key at its end: "Keep (K)". */
function retitle(title, key) {
  const said = title.replace(/ \([^()]*\)$/, "");
  return key ? `${said} (${key})` : said;
}
