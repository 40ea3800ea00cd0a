// Drawing a forest plot: where each image stands, and all of them together.

import { make, makeSvg, pageAddress } from "../shared/dom.js";
import { cutRows, listRows } from "./forest.js";
import { tellInterval, tellShare } from "./words.js";

/** @import { ForestRow, Pair } from "#types/studies" */

const MOST = 30;

/**
 * A pair's plot: rows of names, marks between b (left) and a (right), and shares.
 * @param {Pair} pair
 */
export function buildForest(pair) {
  const { rows, left } = cutRows(listRows(pair), MOST);
  const table = make("div", {
    className: "forest",
    role: "table",
    ariaLabel: `Share of ${pair.a} over ${pair.b}, by image`,
  });
  table.append(
    make(
      "div",
      { className: "row head", role: "row" },
      make("span", { role: "columnheader" }, "Image"),
      make("span", { className: "ends", role: "columnheader" }, make("i", {}, `← ${pair.b}`), make("i", {}, `${pair.a} →`)),
      make("span", { role: "columnheader", title: `Of ${pair.a}` }, "Share"),
      make("span", { role: "columnheader" }, "Votes"),
    ),
    ...rows.map(buildRow),
  );
  if (left) table.append(make("p", { className: "quiet" }, `${left} more images between these.`));
  return table;
}

/** @param {ForestRow} row */
function buildRow(row) {
  const interval = row.low === null || row.high === null ? "" : tellInterval([row.low, row.high]);
  const name =
    row.image === null
      ? row.title
      : make("a", { href: pageAddress("/review", { image: row.image }) }, row.title);
  return make(
    "div",
    { className: `row ${row.kind}`, role: "row" },
    make("span", { role: "rowheader", title: row.title }, name),
    make("span", { className: "mark", role: "cell" }, drawMark(row)),
    make(
      "span",
      { role: "cell" },
      tellShare(row.share),
      make("small", {}, interval ? ` ${interval}` : ""),
    ),
    make("span", { role: "cell" }, row.text),
  );
}

/** @param {ForestRow} row */
function drawMark({ share, low, high, kind }) {
  const drawing = makeSvg("svg", { "aria-hidden": "true", width: "100%", height: "18" });
  const at = (/** @type {number} */ value) => `${(100 * value).toFixed(2)}%`;
  /**
   * @param {string} x1
   * @param {string} x2
   * @param {number} y1
   * @param {number} y2
   * @param {string} name
   */
  const line = (x1, x2, y1, y2, name) => makeSvg("line", { x1, x2, y1, y2, class: name });
  drawing.append(line(at(0.5), at(0.5), 0, 18, "half"));
  if (low !== null && high !== null) drawing.append(line(at(low), at(high), 9, 9, "interval"));
  if (kind === "naive") return drawing;
  const size = kind === "whole" ? 6 : 4;
  // Nested, so that a mark of pixels can stand at a share of the width.
  const place = makeSvg("svg", { x: at(share), y: 9, overflow: "visible" });
  const diamond = `M 0 ${-size} L ${size} 0 L 0 ${size} L ${-size} 0 Z`;
  place.append(
    kind === "whole"
      ? makeSvg("path", { d: diamond, class: "point" })
      : makeSvg("circle", { r: size, class: "point" }),
  );
  drawing.append(place);
  return drawing;
}
