// Verdicts and changes of many images, as far as they can be taken back or done again. Pure.
// The `labels` of a deed are those that it took the place of.

/** @import { History } from "../masks/history.js" */
/** @import { Deed, EarlierLabel } from "#types/review" */

const DEPTH = 100;

/** @typedef {Deed & { at: number }} LoggedDeed */

export class DeedLog {
  /** @type {LoggedDeed[]} */
  #done = [];
  /** @type {LoggedDeed[]} */
  #undone = [];

  /**
   * Note a deed that was done just now.
   * @param {Deed} deed
   */
  add(deed) {
    this.forget();
    this.#push(this.#done, deed);
  }

  /** Something else was done: what was taken back cannot be done again any more. */
  forget() {
    this.#undone = [];
  }

  /**
   * The deed that undo takes back, or redo does again; null where there is none, or an action on
   * the mask of the open image has its turn first.
   * @param {History | undefined} history
   * @param {boolean} again
   */
  next(history, again) {
    const deed = (again ? this.#undone : this.#done).at(-1);
    const at = (again ? history?.undoneAt : history?.doneAt) ?? -Infinity;
    return deed && deed.at > at ? deed : null;
  }

  /**
   * What was done or taken back last, { deed, again } as `next` has them; null where that was an
   * action on the mask of the open image.
   * @param {History | undefined} history
   */
  last(history) {
    const [done, undone] = [this.next(history, false), this.next(history, true)];
    const latest = Math.max(done?.at ?? -Infinity, history?.doneAt ?? -Infinity);
    if (undone && undone.at > latest) return { deed: undone, again: true };
    return done && { deed: done, again: false };
  }

  /**
   * A deed can be neither taken back nor done again.
   * @param {Deed} deed
   */
  drop(deed) {
    for (const deeds of [this.#done, this.#undone]) {
      const at = deeds.findIndex((one) => one === deed);
      if (at >= 0) deeds.splice(at, 1);
    }
  }

  /**
   * A deed was taken back, or done again; `labels` are those that this took the place of.
   * @param {Deed} deed
   * @param {EarlierLabel[]} labels
   */
  move(deed, labels) {
    const target = this.#done.some((one) => one === deed) ? this.#undone : this.#done;
    this.drop(deed);
    this.#follow(deed.labels, labels);
    deed.labels = labels;
    if (labels.length) this.#push(target, deed);
  }

  /**
   * What other deeds made of these images is there again, under another version.
   * @param {EarlierLabel[]} before
   * @param {EarlierLabel[]} now
   */
  #follow(before, now) {
    const versions = new Map(now.map(({ image, version }) => [image, version]));
    const known = new Map(before.map((label) => [label.image, label.before]));
    for (const { labels } of [...this.#done, ...this.#undone]) {
      for (const label of labels) {
        const version = versions.get(label.image);
        const isThere = version !== undefined && known.get(label.image) === label.version;
        if (isThere) label.version = version;
      }
    }
  }

  /**
   * @param {LoggedDeed[]} deeds
   * @param {Deed} deed
   */
  #push(deeds, deed) {
    deeds.push(Object.assign(deed, { at: performance.now() }));
    if (deeds.length > DEPTH) deeds.shift();
  }
}
