// The page's end of the worker that packs masks and keeps the journal.

export class Codec {
  #asked = new Map();
  #last = 0;

  constructor() {
    const address = new URL("./codec_worker.js", import.meta.url);
    this.worker = new Worker(address, { type: "module" });
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const { done, failed } = this.#asked.get(id);
      this.#asked.delete(id);
      if (error === undefined) done(result);
      else failed(new Error(error));
    };
  }

  /** Ask for one of the worker's tasks; tasks begin in the order in which they were asked for. */
  ask(task, value, transfer = []) {
    const id = ++this.#last;
    return new Promise((done, failed) => {
      this.#asked.set(id, { done, failed });
      this.worker.postMessage({ id, task, value }, transfer);
    });
  }
}
