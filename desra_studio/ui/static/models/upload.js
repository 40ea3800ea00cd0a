// Adding a weight file: its role, the file, and how far it has been sent. Its value is { name } of
// the model that was added last; `submit` tells Python of it.

import { find, make } from "../shared/dom.js";
import { sendModel } from "./sending.js";

/** @import { Props, Trigger } from "#types/shared" */

const ROLES = [
  ["gan", "GAN-SR"],
  ["mse", "MSE-SR"],
  ["discriminator", "Discriminator"],
];
const WEIGHTS = ".safetensors,.pth,.pt,.ckpt";

/**
 * @param {Element} element
 * @param {Props<{ name: string }>} props
 * @param {Trigger} trigger
 */
export function mount(element, props, trigger) {
  const root = find(element, ".studio-upload", HTMLElement);
  if (root.childElementCount) return;
  const roles = ROLES.map(([value]) => make("input", { type: "radio", name: "upload-role", value }));
  roles[0].checked = true;
  const labels = ROLES.map(([, title], index) => make("label", {}, roles[index], title));
  const file = make("input", { type: "file", accept: WEIGHTS, hidden: true });
  const add = make("button", { type: "button" }, "Add a weight file (.safetensors, .pth)");
  const bar = make("progress", { max: 1, hidden: true, ariaLabel: "How much of the file is sent" });
  const says = make("p", { role: "status" });
  root.append(
    make("fieldset", {}, make("legend", {}, "Add a weight file of yours as"), ...labels),
    file,
    add,
    bar,
    says,
  );

  /** @param {string} text */
  const show = (text, wrong = false) => {
    says.textContent = text;
    says.classList.toggle("wrong", wrong);
  };
  add.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (!chosen) return;
    const role = roles.find((input) => input.checked) ?? roles[0];
    add.disabled = true;
    bar.hidden = false;
    show(`Sending ${chosen.name}`);
    try {
      const { name } = await sendModel(chosen, role.value, (share) => {
        bar.value = share;
        if (share === 1) show(`Checking ${chosen.name}`);
      });
      show(`${name} is added.`);
      props.value = { name };
      trigger("submit");
    } catch (error) {
      show(error.message, true);
    }
    bar.hidden = true;
    add.disabled = false;
  });
}
