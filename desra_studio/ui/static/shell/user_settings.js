// What a person set, by name: on the server, and in this browser while that cannot be reached.

import { loadUser, saveUserSettings } from "./user_api.js";
import { readUser } from "../shared/user.js";

/** @import { Settings } from "#types/shared" */

const KEPT = "studio.settings";

export class UserSettings {
  /** @type {Settings} */
  values = {};
  /** Why the last change is in this browser only; "" where the server has it. */
  unsent = "";
  #tell;
  /** @type {Promise<void>} */
  #sending = Promise.resolve();

  /** @param {() => void} tell hears of every change, from wherever it comes. */
  constructor(tell) {
    this.#tell = tell;
    window.addEventListener("online", () => this.unsent && this.#send());
  }

  /** Take what this browser knows at once, then what the server has. */
  async load() {
    const kept = readKept();
    this.values = kept.values;
    this.#tell();
    if (kept.unsent) return this.#send();
    try {
      this.#take((await loadUser()).settings);
    } catch {
      // What this browser knows stands.
    }
  }

  /**
   * Set one part, here at once, and on the server.
   * @param {string} part
   * @param {unknown} value
   */
  change(part, value) {
    this.values = { ...this.values, [part]: value };
    this.#keep(true);
    this.#tell();
    return this.#send();
  }

  /** One after the other, so that the last one stands. */
  #send() {
    this.#sending = this.#sending.then(async () => {
      const { values } = this;
      try {
        await saveUserSettings(values);
        this.unsent = "";
        if (this.values === values) this.#keep(false);
      } catch (error) {
        this.unsent = error.message;
      }
      this.#tell();
    });
    return this.#sending;
  }

  /** @param {Settings | null} values */
  #take(values) {
    this.values = values ?? {};
    this.#keep(false);
    this.#tell();
  }

  /** @param {boolean} unsent */
  #keep(unsent) {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ name: readUser(), values: this.values, unsent }));
    } catch {
      // Where a browser forbids to remember, only the server does.
    }
  }
}

/**
 * What this browser kept for who works here now.
 * @returns {{ values: Settings, unsent: boolean }}
 */
function readKept() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    if (kept?.name === readUser() && kept.values) return kept;
  } catch {
    // Nothing is known then.
  }
  return { values: {}, unsent: false };
}
