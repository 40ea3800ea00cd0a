// The scored images, worst first, each a link to Review.

import { find, make, pageAddress } from "../shared/dom.js";

/** @import { ScoredImage, ScoredImages } from "#types/scores" */
/** @import { Props, Watch } from "#types/shared" */

const HEADS = ["Image", "State", "Label", "IoU", "Detected right", "Manual found"];

/**
 * @param {Element} element
 * @param {Props<Partial<ScoredImages>>} props
 * @param {Watch} watch
 */
export function mount(element, props, watch) {
  const root = find(element, ".images", HTMLElement);
  if (root.childElementCount) return;
  root.hidden = true;
  const of = make("span", { className: "of" });
  const body = make("tbody");
  const heads = HEADS.map((head) => make("th", { scope: "col" }, head));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body);
  const list = make("div", { className: "list" }, table);
  root.append(make("h3", {}, "Images, worst first"), of, list);
  let shown = "";

  const show = () => {
    const { rows = [], dataset = 0, title = "" } = props.value ?? {};
    const now = JSON.stringify(props.value);
    root.hidden = rows.length === 0;
    if (now === shown) return;
    // The same detector again: the reader stays where they are in the list.
    if (of.textContent !== title) list.scrollTop = 0;
    of.textContent = title;
    body.replaceChildren(...rows.map((row) => makeRow(row, dataset)));
    shown = now;
  };

  // Up and down from link to link; Enter follows one, as everywhere.
  body.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...body.querySelectorAll("a")];
    const at = links.findIndex((link) => link === document.activeElement);
    links[event.key === "ArrowDown" ? at + 1 : at - 1]?.focus();
    event.preventDefault();
  });
  watch("value", show);
  show();
}

/**
 * @param {ScoredImage} row
 * @param {number} dataset
 */
function makeRow(row, dataset) {
  const href = pageAddress("/review", { dataset, image: row.id });
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, make("a", { href, title: "Open in Review" }, row.name)),
    make("td", {}, row.state),
    make("td", {}, row.made),
    make("td", { className: "number" }, row.empty ? `${row.iou}, empty in both` : row.iou),
    make("td", { className: "number" }, share(row.right, row.detected)),
    make("td", { className: "number" }, share(row.found, row.manual)),
  );
}

/**
 * @param {number} part
 * @param {number} whole
 */
const share = (part, whole) => (whole ? `${part} of ${whole}` : "none");
