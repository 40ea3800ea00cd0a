// Choosing samples: a card each, with GAN-SR and the pseudo-GT that is made of it.

import { pseudoGtUrl, renditionUrl } from "./api.js";
import { make } from "./dom.js";

export function mount(element, props, trigger, watch) {
  const root = element.querySelector(".studio-samples");
  const count = make("span", { role: "status" });
  const all = make("button", { className: "link", onclick: () => choose(true) }, "All");
  const none = make("button", { className: "link", onclick: () => choose(false) }, "None");
  const cards = make("ul");
  root.append(make("div", { className: "head" }, count, all, none), cards);
  let boxes = [];
  let shown = "";

  const report = () => {
    const chosen = boxes.filter((box) => box.checked).map((box) => Number(box.value));
    count.textContent = `${chosen.length} of ${boxes.length} accepted samples chosen`;
    props.value = { ...props.value, chosen };
    trigger("change");
  };
  const choose = (checked) => {
    for (const box of boxes) box.checked = checked && !box.disabled;
    report();
  };

  const show = () => {
    const { candidates = [], feather = 2 } = props.value ?? {};
    const now = JSON.stringify([candidates, feather]);
    if (now === shown) return;
    shown = now;
    const before = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    boxes = [];
    cards.replaceChildren(...candidates.map((candidate) => makeCard(candidate, feather, before)));
    root.hidden = candidates.length === 0;
    report();
  };

  const makeCard = (candidate, feather, before) => {
    const box = make("input", { type: "checkbox", value: String(candidate.id), onchange: report });
    box.disabled = candidate.problem !== "";
    box.checked = !box.disabled && !before.has(box.value);
    boxes.push(box);
    const picture = (url, label) =>
      make("figure", {}, make("img", { src: url, alt: `${label} of ${candidate.name}`, loading: "lazy" }),
        make("figcaption", {}, label));
    return make(
      "li",
      {},
      make(
        "label",
        {},
        box,
        make("strong", {}, candidate.name),
        make("span", {}, candidate.problem || `${(100 * candidate.share).toFixed(1)} % marked`),
      ),
      make(
        "div",
        { className: "pair" },
        picture(renditionUrl(candidate.gan), "GAN-SR"),
        picture(pseudoGtUrl(candidate.id, candidate.revision, feather), "Pseudo-GT"),
      ),
    );
  };

  watch("value", show);
  show();
}
