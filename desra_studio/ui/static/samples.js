// Choosing samples: a card each, with GAN-SR and the pseudo-GT that is made of it.

import { loadFineTuned, pseudoGtUrl, renditionUrl } from "./api.js";
import { make } from "./dom.js";

export function mount(element, props, watch) {
  const root = element.querySelector(".studio-samples");
  const count = make("span", { role: "status" });
  const all = make("button", { className: "link", onclick: () => choose(true) }, "All");
  const none = make("button", { className: "link", onclick: () => choose(false) }, "None");
  const cards = make("ul");
  if (root.childElementCount) return;
  root.append(make("div", { className: "head" }, count, all, none), cards);
  let boxes = [];
  let shown = "";

  const report = () => {
    const chosen = boxes.filter((box) => box.checked).map((box) => Number(box.value));
    count.textContent = `${chosen.length} of ${boxes.length} accepted samples chosen`;
    props.value = { ...props.value, chosen };
  };
  const choose = (checked) => {
    for (const box of boxes) box.checked = checked && !box.disabled;
    report();
  };

  const show = () => {
    const { candidates = [], feather = 2 } = props.value ?? {};
    const now = JSON.stringify([candidates, feather]);
    if (now === shown) {
      // The same samples, sent again without what was chosen.
      if (!props.value?.chosen) report();
      return;
    }
    shown = now;
    const before = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    boxes = [];
    cards.replaceChildren(...candidates.map((candidate) => makeCard(candidate, feather, before)));
    root.hidden = candidates.length === 0;
    report();
    showFineTuned();
  };

  const makeCard = (candidate, feather, before) => {
    const box = make("input", { type: "checkbox", value: String(candidate.revision.id), onchange: report });
    box.disabled = candidate.problem !== "";
    box.checked = !box.disabled && !before.has(box.value);
    boxes.push(box);
    const card = make(
      "li",
      { className: candidate.problem ? "unfit" : "" },
      make(
        "label",
        {},
        box,
        make("strong", {}, candidate.name),
        make("span", {}, candidate.problem || `${(100 * candidate.share).toFixed(1)} % marked`),
      ),
      make(
        "button",
        { className: "pair", title: "Larger or smaller", onclick: () => card.classList.toggle("large") },
        picture(renditionUrl(candidate.gan), "GAN-SR", candidate.name),
        picture(pseudoGtUrl(candidate.revision, candidate.gan, feather), "Pseudo-GT", candidate.name),
      ),
    );
    card.dataset.image = candidate.id;
    return card;
  };

  const picture = (url, label, of) =>
    make(
      "figure",
      {},
      make("img", { src: url, alt: `${label} of ${of}`, title: of, loading: "lazy" }),
      make("figcaption", {}, label),
    );

  /** Add the output of the newest fine-tuned model to the cards, once it was run. */
  const showFineTuned = async () => {
    const { dataset } = props.value ?? {};
    if (!dataset || !root.isConnected) return;
    const { model, renditions } = await loadFineTuned(dataset).catch(() => ({ renditions: {} }));
    for (const card of cards.children) {
      const rendition = renditions[card.dataset.image];
      if (!rendition || card.dataset.fineTuned === rendition.sha) continue;
      card.dataset.fineTuned = rendition.sha;
      card.querySelector(".fine-tuned")?.remove();
      const figure = picture(renditionUrl(rendition), "Fine-tuned", model);
      figure.className = "fine-tuned";
      card.querySelector(".pair").append(figure);
    }
  };

  watch("value", show);
  window.addEventListener("studio:changed", showFineTuned);
  show();
}
