// The page's end of the worker that packs masks and keeps the journal.

/** @import { CodecTasks } from "#types/review" */

export class Codec {
  /** @type {Map<number, { done(result: unknown): void, failed(error: Error): void }>} */
  #asked = new Map();
  #last = 0;

  constructor() {
    const address = new URL("./codec_worker.js", import.meta.url);
    this.worker = new Worker(address, { type: "module" });
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (error === undefined) asked?.done(result);
      else asked?.failed(new Error(error));
    };
  }

  /**
   * Ask for one of the worker's tasks; tasks begin in the order in which they were asked for.
   * @template {keyof CodecTasks} Task
   * @param {Task} task
   * @param {CodecTasks[Task]["value"]} value
   * @param {Transferable[]} transfer
   * @returns {Promise<CodecTasks[Task]["result"]>}
   */
  ask(task, value, transfer = []) {
    const id = ++this.#last;
    return new Promise((done, failed) => {
      this.#asked.set(id, { done, failed });
      this.worker.postMessage({ id, task, value }, transfer);
    });
  }
}
