// The verdict and its figures: a scale each, with the interval as a bar and the bound as a wall.

import { make } from "../shared/dom.js";
import { describeAgreement, listFigures, writeVerdict } from "./verdict.js";

/** @import { FigureScale, ProofFigures, ShownFigure } from "#types/proof" */

const INTERVAL = "95 % interval, by bootstrap over images";
const SIGNS = { good: "✓", warned: "▲" };

/**
 * The verdict as elements.
 * @param {ProofFigures} proof
 */
export function buildVerdict(proof) {
  const { text, basis, badge, good } = writeVerdict(proof);
  const look = good ? "good" : "warned";
  return [
    make("h2", { className: "verdict" }, text),
    make("p", { className: `badge ${look}` }, make("span", { ariaHidden: "true" }, SIGNS[look]), badge),
    make("p", { className: "quiet" }, basis),
  ];
}

/**
 * The figures as elements.
 * @param {ProofFigures} proof
 */
export function buildFigures(proof) {
  const agreement = describeAgreement(proof);
  return [
    make("dl", { className: "figures" }, ...listFigures(proof).flatMap(buildFigure)),
    ...(agreement ? [make("p", { className: "quiet", title: AGREEMENT }, agreement)] : []),
    ...(proof.warnings ?? []).map((line) =>
      make("p", { className: "warning" }, make("span", { ariaHidden: "true" }, SIGNS.warned), line),
    ),
  ];
}

const AGREEMENT = "Of the detected mask: after fine-tuning, what was marked should not be found again";

/** @param {ShownFigure} figure */
function buildFigure({ title, tip, text, interval, bound, held, scale }) {
  const name = make("dt", { title: tip }, title);
  const figure = make("dd", { className: "value" }, make("b", {}, text));
  if (interval) figure.append(" ", make("span", { className: "quiet", title: INTERVAL }, interval));
  const rows = [name, figure];
  if (scale) rows.push(make("dd", { className: "range" }, ...buildScale(scale)));
  if (bound) rows.push(make("dd", { className: "bound" }, ...buildBound(bound, held)));
  return rows;
}

/**
 * @param {string} bound
 * @param {boolean | null} held
 */
function buildBound(bound, held) {
  if (held === null) return [bound];
  const look = held ? "good" : "warned";
  const sign = make("span", { className: look, ariaHidden: "true" }, SIGNS[look]);
  return [sign, `${held ? "kept" : "not kept"}: ${bound}`];
}

/**
 * A scale; what it shows stands in words beside it.
 * @param {FigureScale} scale
 */
function buildScale({ from, to, value, low, high, bound, bad }) {
  const line = make("div", { className: "scale", ariaHidden: "true" });
  const mark = (/** @type {string} */ className, /** @type {number} */ start, length = 0) => {
    const element = make("i", { className });
    element.style.left = `${100 * start}%`;
    if (length) element.style.width = `${100 * length}%`;
    line.append(element);
  };
  if (bound !== null) {
    if (bad === "above") mark("forbidden", bound, 1 - bound);
    else mark("forbidden", 0, bound);
    mark("wall", bound);
  }
  if (low !== null && high !== null) mark("interval", low, high - low);
  if (value !== null) mark("dot", value);
  return [
    make("span", { className: "end", ariaHidden: "true" }, from),
    line,
    make("span", { className: "end", ariaHidden: "true" }, to),
  ];
}
