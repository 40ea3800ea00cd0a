// Which key does what, and how keys are named. No DOM here.
//
// A key is named by what it types, with "shift+" where the letter alone would not tell, and with
// "ctrl+" before it, which stands for Mac's command, too: "b", "shift+n", "ctrl+shift+z", "?".

/** @import { KeyChanges, KeyedAction, PressedKey } from "#types/shared" */

/** Of one action. */
export const MOST_KEYS = 4;
const MODIFIERS = /^(shift|control|alt|altgraph|meta|os|fn|capslock|numlock|scrolllock)$/;
/** @type {Record<string, string>} */
const NAMES = { " ": "Space", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓" };
// Kept by the page though Ctrl belongs to the browser: every editor has them.
const OURS_WITH_CTRL = /^(shift\+)?[syz]$/;

/** @param {string} key */
const splitKey = (key) => key.split(/\+(?=.)/);

/**
 * The names of a pressed key, the one that counts first.
 *
 * The row of digits goes by position, for what it types differs between keyboards: Shift+1 is "!"
 * here and "1" there. Letters of other scripts go by position, too, where nothing else has them.
 * @param {PressedKey} event
 */
export function nameKeys(event) {
  const typed = event.key.toLowerCase();
  /** @param {string} key */
  const shifted = (key) => (event.shiftKey ? `shift+${key}` : key);
  const isSign = typed.length === 1 && !/[a-z]/.test(typed);
  const names = [isSign ? typed : shifted(typed)];
  const [, letter, digit] = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code) ?? [];
  // With AltGr it types another sign: [ is AltGr+8 on many keyboards.
  if (digit && !event.getModifierState?.("AltGraph")) names.unshift(shifted(digit));
  if (letter && /[^\0-\x7f]/.test(typed)) names.push(shifted(letter.toLowerCase()));
  const ctrl = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  return [...new Set(names)].map((name) => ctrl + name);
}

/**
 * The name of a pressed key, see `nameKeys`.
 * @param {PressedKey} event
 */
export const nameKey = (event) => nameKeys(event)[0];

/**
 * Whether a pressed key is only one that goes with others.
 * @param {PressedKey} event
 */
export const isModifier = (event) => MODIFIERS.test(event.key.toLowerCase());

/**
 * A key as people read it.
 * @param {string} key
 */
export const describeKey = (key) =>
  splitKey(key)
    .map((part) => NAMES[part] ?? part[0].toUpperCase() + part.slice(1))
    .join("+");

/**
 * A key as it is written where room is short.
 * @param {string} key
 */
export const shortenKey = (key) => describeKey(key).replace("Shift+", "⇧").replace(/Delete$/, "Del");

/**
 * Keys of actions that belong together, each a list: a range where they are one.
 * @param {string[][]} lists
 */
export function describeSeries(lists) {
  const all = lists.flat();
  const [, before, first] = /^(.*?)(\d)$/.exec(all[0] ?? "") ?? [];
  const follow = all.every((key, at) => key === `${before}${Number(first) + at}`);
  if (all.length > 2 && follow) return `${describeKey(all[0])} – ${Number(first) + all.length - 1}`;
  return all.map(describeKey).join(" ");
}

/**
 * Why a key cannot be given to an action, as a sentence; null where it can.
 * @param {string} key
 */
export function refuseKey(key) {
  const last = splitKey(key).at(-1) ?? "";
  const name = describeKey(key);
  if (last === "tab") return "Tab goes from control to control; choose another key.";
  if (last === "escape") return "Escape leaves what is open; choose another key.";
  if (/^f\d+$/.test(last)) return `${name} belongs to the browser; choose another key.`;
  if (MODIFIERS.test(last) || /^(dead|process|unidentified)$/.test(last)) {
    return "This key types nothing by itself; choose another key.";
  }
  if (key.startsWith("ctrl+")) {
    const rest = key.slice("ctrl+".length);
    const taken = last.length === 1 ? !OURS_WITH_CTRL.test(rest) : /^page(up|down)$/.test(last);
    if (taken) return `${name} belongs to the browser; choose another key.`;
  }
  return null;
}

/**
 * @param {string[]} a
 * @param {string[]} b
 */
const areSame = (a, b) => a.length === b.length && a.every((key, at) => key === b[at]);

/**
 * The keys of all actions: their own, and what a person made of them.
 * @template {KeyedAction} Action
 */
export class KeyMap {
  /** @type {KeyChanges} also of actions that this page does not know. */
  changes = {};
  /** @type {Map<string, Action>} */
  #byId;
  /** @type {Map<string, Action>} */
  #byKey = new Map();

  /** @param {Action[]} actions */
  constructor(actions) {
    this.actions = actions;
    this.#byId = new Map(actions.map((action) => [action.id, action]));
    this.use({});
  }

  /**
   * Take what a person changed; what is no key, or may not be one, is left out.
   * @param {unknown} changes
   */
  use(changes) {
    const lists = Object.entries(changes ?? {}).filter(([, keys]) => Array.isArray(keys));
    this.changes = Object.fromEntries(lists.map(([id, keys]) => [id, this.#clean(id, keys)]));
    this.#byKey = new Map();
    // What was chosen goes before what came: a later version may bring the same key for another.
    const rank = (/** @type {Action} */ action) => Number(!this.isChanged(action.id));
    const chosenFirst = [...this.actions].sort((a, b) => rank(a) - rank(b));
    for (const action of chosenFirst) {
      for (const key of this.keys(action.id)) {
        if (!this.#byKey.has(key)) this.#byKey.set(key, action);
      }
    }
  }

  /**
   * The keys of an action that work.
   * @param {string} id
   * @returns {string[]}
   */
  keys(id) {
    return this.changes[id] ?? this.#byId.get(id)?.keys ?? [];
  }

  /** @param {string} id */
  isChanged(id) {
    return Object.hasOwn(this.changes, id);
  }

  /**
   * The first key of an action as people read it, or "".
   * @param {string} id
   */
  describe(id) {
    return this.keys(id).slice(0, 1).map(describeKey).join("");
  }

  /**
   * The action of a pressed key, with the name that found it: { action, key }, or null.
   * @param {PressedKey} event
   */
  find(event) {
    for (const key of nameKeys(event)) {
      const action = this.#byKey.get(key);
      if (action) return { action, key };
    }
    return null;
  }

  /**
   * The action that has a key, or null.
   * @param {string} key
   */
  owner(key) {
    return this.#byKey.get(key) ?? null;
  }

  /**
   * Keys of an action that do something else: { key, owner }.
   * @param {string} id
   */
  conflicts(id) {
    return this.keys(id).flatMap((key) => {
      const owner = this.owner(key);
      return owner && owner.id !== id ? [{ key, owner }] : [];
    });
  }

  /**
   * What the changes are once an action has these keys; other actions lose them.
   * @param {string} id
   * @param {string[]} keys
   * @returns {{ changes: KeyChanges, lost: Action[] }} and the actions that lost one.
   */
  assign(id, keys) {
    /** @type {KeyChanges} */
    const changes = { ...this.changes, [id]: [...new Set(keys)] };
    const lost = this.actions.filter(
      (other) => other.id !== id && this.keys(other.id).some((key) => keys.includes(key)),
    );
    for (const other of lost) {
      changes[other.id] = this.keys(other.id).filter((key) => !keys.includes(key));
    }
    for (const action of this.actions) {
      const changed = changes[action.id];
      if (changed && areSame(changed, action.keys)) delete changes[action.id];
    }
    return { changes, lost };
  }

  /**
   * As `assign`, with `key` in the place of `before`; "" is none, of either.
   * @param {string} id
   * @param {string} before
   * @param {string} key
   */
  replace(id, before, key) {
    const keys = this.keys(id);
    const next = before ? keys.map((each) => (each === before ? key : each)) : [...keys, key];
    return this.assign(id, next.filter(Boolean));
  }

  /**
   * What the changes are once these actions have the keys they came with.
   * @param {string[]} ids
   */
  reset(ids) {
    const map = new KeyMap(this.actions);
    map.use(this.changes);
    for (const id of ids) map.use(map.assign(id, this.#byId.get(id)?.keys ?? []).changes);
    return map.changes;
  }

  /**
   * @param {string} id
   * @param {unknown[]} keys
   * @returns {string[]}
   */
  #clean(id, keys) {
    const own = this.#byId.get(id)?.keys ?? [];
    const texts = keys.filter((key) => typeof key === "string");
    const isKey = (/** @type {string} */ key) => key && (own.includes(key) || !refuseKey(key));
    return [...new Set(texts.filter(isKey))].slice(0, MOST_KEYS);
  }
}
