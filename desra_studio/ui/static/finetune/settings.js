// The fields of the settings: building, showing and reading them by name.

import { make } from "../shared/dom.js";
import { readField } from "./fields.js";

export class Settings {
  constructor(onChange) {
    this.onChange = onChange;
    this.inputs = new Map();
  }

  /** Build the labelled input of a field. */
  build(field) {
    const id = `setting-${field.name}`;
    const input = make(field.isChoice ? "select" : "input", { id });
    if (!field.isChoice) input.type = "number";
    input.addEventListener("input", () => {
      input.setAttribute("aria-invalid", String(readField(field, input.value) === null));
      this.onChange();
    });
    const about = make("small", { id: `${id}-about` });
    input.setAttribute("aria-describedby", about.id);
    this.inputs.set(field.name, { field, input, about });
    this.#describe(field.name, field);
    return make(
      "div",
      { className: "field" },
      make("label", { htmlFor: id }, field.title),
      input,
      about,
    );
  }

  /** Say of each setting what the server says of it: { name: { about, least, most, … } }. */
  declare(settings) {
    for (const [name, said] of Object.entries(settings)) {
      if (this.inputs.has(name)) this.#describe(name, said);
    }
  }

  #describe(name, { about: text = "", limits = "", least = null, most = null, whole, choices = [] }) {
    const { field, input, about } = this.inputs.get(name);
    about.textContent = text;
    input.title = limits;
    if (field.isChoice) {
      if (!input.options.length) {
        input.append(...choices.map((value) => make("option", { value }, value)));
      }
      return;
    }
    input.min = least ?? "";
    input.max = most ?? "";
    input.step = whole ? 1 : "any";
  }

  show(values) {
    for (const [name, { input }] of this.inputs) {
      input.value = values[name] ?? "";
      input.removeAttribute("aria-invalid");
    }
  }

  /** The values by name; null where nothing can be read. */
  read() {
    return Object.fromEntries(
      [...this.inputs].map(([name, { field, input }]) => [name, readField(field, input.value)]),
    );
  }

  markChanged(names) {
    for (const [name, { input }] of this.inputs) {
      input.classList.toggle("changed", names.includes(name));
    }
  }
}
