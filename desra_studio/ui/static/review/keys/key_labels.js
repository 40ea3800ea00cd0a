// The keys that stand on buttons and in their tooltips, kept true when a key is changed.

import { describeKey, shortenKey } from "../../shared/key_map.js";

/** @import { Action, ReviewPage } from "#types/review" */

export class KeyLabels {
  #page;
  /** @type {Map<string, { action: Action, key: string }>} */
  #actions = new Map();

  /** @param {ReviewPage} page */
  constructor(page) {
    this.#page = page;
    for (const action of page.actions) {
      for (const key of action.keys) this.#actions.set(shortenKey(key), { action, key });
    }
  }

  /** Write the keys that work now wherever the page shows one. */
  write() {
    for (const place of this.#page.root.querySelectorAll("kbd")) {
      const shown = (place.dataset.key ??= place.textContent.replace("Shift+", "⇧"));
      const labelled = this.#actions.get(shown);
      if (!labelled) continue;
      const { action, key } = labelled;
      const keys = this.#page.keyMap.keys(action.id);
      const now = keys.includes(key) ? key : keys[0];
      place.textContent = now ? shortenKey(now) : "";
      const button = place.closest("button");
      if (button?.title) button.title = retitle(button.title, now ? describeKey(now) : "");
    }
  }
}

/**
 * A tooltip with another key at its end: "Keep (K)".
 * @param {string} title
 * @param {string} key
 */
function retitle(title, key) {
  const said = title.replace(/ \([^()]*\)$/, "");
  return key ? `${said} (${key})` : said;
}
