// The dialog that exports a dataset: formats in plain words, and the file that the server makes.

import { API, readJson, request } from "../shared/api.js";
import { make } from "../shared/dom.js";
import { tellExported } from "./words.js";

/** @import { ExportFormat } from "#types/datasets" */

export class ExportDialog {
  #id = 0;
  #name = "";
  /** @type {ExportFormat[]} */
  #formats = [];
  /** @type {AbortController | null} What is under way. */
  #work = null;

  constructor() {
    this.title = make("h2", { id: "studio-export-title" });
    this.choices = make("div", { className: "formats", onchange: () => this.#chosen() });
    this.crop = make("input", { type: "checkbox" });
    this.cropRow = make("label", { className: "crop" }, this.crop, " Leave 5 px along each edge out, as DeSRA's scripts do");
    this.said = make("p", { className: "said", role: "status" });
    this.close = make("button", { type: "button", onclick: () => this.element.close() }, "Close");
    this.start = make("button", { type: "submit", className: "start" }, "Export");
    this.element = make(
      "dialog",
      {
        className: "export",
        "aria-labelledby": this.title.id,
        onclose: () => this.#work?.abort(),
      },
      make(
        "form",
        { onsubmit: (event) => this.#submit(event) },
        this.title,
        this.choices,
        this.cropRow,
        this.said,
        make("div", { className: "buttons" }, this.close, this.start),
      ),
    );
  }

  /**
   * Ask how to export a dataset.
   * @param {number} id
   * @param {string} name
   */
  async open(id, name) {
    [this.#id, this.#name] = [id, name];
    if (!this.#formats.length) this.#list(await readJson(`${API}/export-formats`));
    this.title.textContent = `Export ${name}`;
    this.#say("");
    this.#chosen();
    this.element.showModal();
    this.#find()?.input.focus();
  }

  /** @param {ExportFormat[]} formats */
  #list(formats) {
    this.#formats = formats;
    const rows = formats.map(({ name, title, about, suffix }, index) => {
      const input = make("input", { type: "radio", name: "format", value: name });
      input.checked = index === 0;
      const words = make("span", {}, make("b", {}, title), ` ${suffix}`, make("small", {}, about));
      return make("label", {}, input, words);
    });
    this.choices.replaceChildren(...rows);
  }

  /** The format that is chosen, and its button. */
  #find() {
    const inputs = [...this.choices.querySelectorAll("input")];
    const index = inputs.findIndex(({ checked }) => checked);
    return index < 0 ? null : { format: this.#formats[index], input: inputs[index] };
  }

  #chosen() {
    this.cropRow.hidden = !this.#find()?.format.croppable;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const format = this.#find()?.format;
    if (!format || this.#work) return;
    const work = (this.#work = new AbortController());
    this.start.disabled = true;
    this.#say("Writing the file. Closing this window stops it.");
    try {
      const query = new URLSearchParams({ format: format.name });
      if (format.croppable && this.crop.checked) query.set("cropped", "true");
      const answer = await request(`${API}/datasets/${this.#id}/export?${query}`, {
        signal: work.signal,
      });
      const file = `${this.#name}-${format.name}${format.suffix}`;
      save(await answer.blob(), file);
      this.#say(tellExported(file, readHeaders(answer)));
    } catch (error) {
      if (!work.signal.aborted) this.#say(error.message, true);
    } finally {
      this.#work = null;
      this.start.disabled = false;
    }
  }

  /** @param {string} text */
  #say(text, isWrong = false) {
    this.said.textContent = text;
    this.said.classList.toggle("wrong", isWrong);
  }
}

/**
 * How many images a file is of, and what it lacks.
 * @param {Response} answer
 */
const readHeaders = ({ headers }) => ({
  images: Number(headers.get("X-Studio-Images")),
  notes: /** @type {string[]} */ (
    JSON.parse(decodeURIComponent(headers.get("X-Studio-Notes") ?? "[]"))
  ),
});

/**
 * Hand a file to the browser's downloads.
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  // Not at once: the browser may not have begun to read it.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
