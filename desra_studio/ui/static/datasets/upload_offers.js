// Uploads that did not become datasets: each can be imported once it is whole, or removed.

import { make } from "../shared/dom.js";
import { tellUpload } from "./choice.js";
import { discardUpload, loadUploads } from "./upload_api.js";

/** @import { ImportedUpload, UploadSummary } from "#types/uploads" */

export class UploadOffers {
  /**
   * @param {{
   *   onImport: (upload: ImportedUpload) => unknown,
   *   onError: (error: Error) => unknown,
   * }} page
   */
  constructor({ onImport, onError }) {
    this.onImport = onImport;
    this.onError = onError;
    this.element = make("ul", { ariaLabel: "Uploads that are not imported" });
  }

  async load() {
    try {
      const { uploads } = await loadUploads();
      this.element.replaceChildren(...uploads.map((upload) => this.#makeItem(upload)));
    } catch (error) {
      this.onError(error);
    }
  }

  /** @param {UploadSummary} upload */
  #makeItem(upload) {
    const { id, name, whole } = upload;
    const buttons = [
      make(
        "button",
        { type: "button", ariaLabel: `Remove ${name}`, onclick: () => this.#discard(id) },
        "Remove",
      ),
    ];
    if (whole) {
      const dataset = name.replace(/\.zip$/i, "");
      const start = () => this.onImport({ id, name: dataset, into: null });
      buttons.unshift(
        make("button", { type: "button", ariaLabel: `Import ${name}`, onclick: start }, "Import"),
      );
    }
    return make("li", {}, make("span", {}, tellUpload(upload)), ...buttons);
  }

  /** @param {string} id */
  async #discard(id) {
    try {
      await discardUpload(id);
    } catch (error) {
      this.onError(error);
    }
    await this.load();
  }
}
