// The verdict, the witnesses and the figures: bars, and a scale each, with the interval as a bar and
// the bound as a wall.

import { make, pageAddress } from "../shared/dom.js";
import { nameReference } from "../shared/words.js";
import { findFate } from "./fates.js";
import {
  countHeld,
  describeAgreement,
  describeNoise,
  listFigures,
  tellLimits,
  writeVerdict,
} from "./verdict.js";
import { KINSHIP, describeControls, describeVoters, describeWitnesses } from "./witnesses.js";

/** @import { FigureScale, ProofFigures, ShownFigure, ShownWitness, VoterWord } from "#types/proof" */

const INTERVAL = "95 % interval, over images";
const VOTES = "95 % interval, over voters and images";
const SIGNS = { good: "✓", warned: "▲" };
const TRAINED_ON = "A loss of this run asked for what it measures: it is no proof by itself";
const AGREEMENT =
  "Of the detector's masks, as DeSRA's paper has it, where it fell from 51.1 to 12.9 %, by 75 %: " +
  "after fine-tuning, what people marked should not be found again";

/**
 * The verdict as elements.
 * @param {ProofFigures} proof
 */
export function buildVerdict(proof) {
  const { text, basis, badge, good } = writeVerdict(proof);
  const look = good ? "good" : "warned";
  const sign = () => make("span", { ariaHidden: "true" }, SIGNS[look]);
  const mark = (/** @type {string} */ more) =>
    make("span", { className: `badge ${look}` }, sign(), badge, more);
  const warnings = proof.warnings ?? [];
  const why = warnings.map((line) => make("p", { className: "warning" }, sign(), line));
  return [
    make("h2", { className: "verdict" }, text),
    why.length
      ? make("details", { className: "why" }, make("summary", {}, mark(": why?")), ...why)
      : mark(""),
    ...basis.map((line) => make("p", { className: "quiet" }, line)),
  ];
}

/**
 * The witnesses and the figures as elements.
 * @param {ProofFigures} proof
 * @param {number} dataset
 * @param {VoterWord[]} voters
 */
export function buildFigures(proof, dataset, voters) {
  const figures = listFigures(proof);
  const list = (/** @type {ShownFigure[]} */ shown, /** @type {HTMLElement[]} */ ...rows) =>
    make("dl", { className: "figures" }, ...shown.flatMap(buildFigure), ...rows);
  const pick = (/** @type {ShownFigure["group"]} */ group) =>
    figures.filter((figure) => figure.group === group);
  const agreement = describeAgreement(proof);
  const more = pick("more");
  const look = more.some(({ held }) => held === false) ? "warned" : "good";
  return [
    make("h3", {}, "What each witness says"),
    make("ul", { className: "witnesses" }, ...describeWitnesses(proof).map(buildWitness)),
    make(
      "p",
      { className: "quiet" },
      `${nameReference(KINSHIP, proof.reference)} `,
      make("a", { href: pageAddress("/studies", { dataset }) }, voters.length ? "Studies" : "Ask voters"),
    ),
    ...(voters.length ? [make("ul", { className: "witnesses" }, ...voters.map(buildVoters))] : []),
    list(pick("artifacts")),
    ...(agreement ? [make("p", { className: "quiet", title: AGREEMENT }, agreement)] : []),
    make("h3", {}, "Elsewhere, outside the masks"),
    make("p", { className: "controls" }, describeControls(proof)),
    list(pick("outside"), ...buildNoise(proof)),
    make(
      "details",
      {},
      make(
        "summary",
        {},
        "More: ",
        make("span", { className: look }, `${SIGNS[look]} ${countHeld(more)}`),
      ),
      list(more),
    ),
    make(
      "p",
      { className: "quiet limits" },
      make("strong", {}, "What this does not prove: "),
      tellLimits(proof),
    ),
  ];
}

/** @param {ShownWitness} witness */
function buildWitness({ title, tip, text, parts, rest, interval, headline, trainedOn }) {
  const bar = make("div", { className: "parts", ariaHidden: "true" });
  for (const { fate, share, text: told } of parts) {
    const part = make("i", { className: fate, title: told });
    part.style.width = `${100 * share}%`;
    const sign = findFate(fate)?.sign ?? "";
    if (share > 0.08) part.append(make("span", {}, sign));
    bar.append(part);
  }
  const mark = (/** @type {string} */ words, /** @type {string} */ meaning) =>
    make("span", { className: "mark", title: meaning }, words);
  return make(
    "li",
    { className: headline ? "headline" : "" },
    make("span", { className: "name", title: tip }, title),
    ...(headline ? [mark("verdict", "The strictest that no loss asked for: the verdict is by it")] : []),
    ...(trainedOn ? [mark("trained on", TRAINED_ON)] : []),
    make("b", {}, text),
    bar,
    make("span", { className: "rest" }, rest, make("span", { title: INTERVAL }, interval)),
  );
}

/** @param {VoterWord} word */
function buildVoters(word) {
  const { title, tip, text, share, rest, interval } = describeVoters(word);
  const part = make("i", { className: "gone" });
  part.style.width = `${100 * share}%`;
  return make(
    "li",
    {},
    make("span", { className: "name", title: tip }, title),
    make("b", {}, text),
    make("div", { className: "parts", ariaHidden: "true" }, part),
    make("span", { className: "rest" }, rest, make("span", { title: VOTES }, interval)),
  );
}

/** @param {ProofFigures} proof */
function buildNoise(proof) {
  const noise = describeNoise(proof);
  if (!noise) return [];
  return [
    make("dt", { title: noise.tip }, "Noise on flat places"),
    make("dd", { className: "value" }, make("b", {}, noise.text)),
    make("dd", { className: "bound plain" }, noise.rest),
  ];
}

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
