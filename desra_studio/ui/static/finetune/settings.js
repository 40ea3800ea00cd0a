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
    const input = field.choices
      ? make("select", { id }, ...field.choices.map((value) => make("option", { value }, value)))
      : make("input", { id, type: "number", min: field.min, step: field.step });
    if (field.max !== undefined) input.max = field.max;
    input.addEventListener("input", () => {
      input.setAttribute("aria-invalid", String(readField(field, input.value) === null));
      this.onChange();
    });
    this.inputs.set(field.name, { field, input });
    const about = make("small", { id: `${id}-about` }, field.about);
    if (field.about) input.setAttribute("aria-describedby", about.id);
    return make(
      "div",
      { className: "field" },
      make("label", { htmlFor: id }, field.title),
      input,
      ...(field.about ? [about] : []),
    );
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
