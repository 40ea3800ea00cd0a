// A setting of a tool that goes in steps: the size of the brush, the tolerance of the wand.

export class Setting {
  #index;

  /**
   * @param {string} name as it stands beside its slider.
   * @param {string} label what the slider is to screen readers.
   * @param {number[]} steps values in rising order, of which `value` is one.
   * @param {number} value
   * @param {(value: number) => string} describe a value with its unit.
   */
  constructor(name, label, steps, value, describe) {
    this.name = name;
    this.label = label;
    this.steps = steps;
    this.describe = describe;
    this.#index = steps.indexOf(value);
  }

  get value() {
    return this.steps[this.#index];
  }

  get text() {
    return this.describe(this.value);
  }

  /** The number of the step in force. */
  get index() {
    return this.#index;
  }

  set index(index) {
    this.#index = Math.min(this.steps.length - 1, Math.max(0, index));
  }
}
