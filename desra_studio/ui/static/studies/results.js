// What a study found: shares with plots, checks, who was left out, and what goes back to work.

import { make, pageAddress } from "../shared/dom.js";
import { countNoun } from "../shared/words.js";
import { fileUrl } from "./api.js";
import { buildForest } from "./forest_plot.js";
import { listChecks, listPairFacts, tellInterval, tellPair, tellShare, tellWanting } from "./words.js";

/**
 * @import {
 *   Pair,
 *   ProminentRegion,
 *   Question,
 *   RankedSystem,
 *   Report,
 *   Side,
 *   Study,
 * } from "#types/studies"
 */

/**
 * @typedef {{
 *   onSide: (side: Side) => void,
 *   onSendBack: () => void,
 *   onProminence: () => void,
 * }} Host hears what is asked for.
 */

/**
 * @param {Report} report
 * @param {Side} side which results are shown large.
 * @param {Host} host
 */
export function buildResults(report, side, host) {
  if (!report.votes) {
    return [make("p", { className: "quiet" }, "Results appear here with the first votes.")];
  }
  const figures = report[side];
  return [
    buildSides(report, side, host),
    ...(figures.votes ? [] : [make("p", {}, "No votes are left: nobody kept all rules.")]),
    ...figures.questions.flatMap((question, place) => buildQuestion(report, side, question, place)),
    ...(report.kind === "prominence" && figures.votes ? [buildRegions(figures, host)] : []),
    buildChecks(report),
    buildExcluded(report),
    ...(report.kind === "choice" ? [buildLosses(report, host)] : []),
  ];
}

/**
 * @param {Report} report
 * @param {Side} side
 * @param {Host} host
 */
function buildSides(report, side, host) {
  const button = (/** @type {Side} */ name, /** @type {string} */ text) =>
    make("button", { type: "button", ariaPressed: String(side === name), onclick: () => host.onSide(name) }, text);
  const { screened, raw, excluded } = report;
  return make(
    "div",
    { className: "sides", role: "group", ariaLabel: "Whose votes" },
    button("screened", `Screened · ${countNoun(screened.votes, "vote")}`),
    button("raw", `All · ${countNoun(raw.votes, "vote")}`),
    make("span", { className: "quiet" }, excluded.length ? `${countNoun(excluded.length, "voter")} left out by the rules` : "Nobody was left out"),
  );
}

/**
 * @param {Report} report
 * @param {Side} side
 * @param {Question} question
 * @param {number} place
 */
function buildQuestion(report, side, question, place) {
  const other = side === "screened" ? "raw" : "screened";
  return [
    make("h3", {}, question.text),
    ...question.pairs.map((pair, number) =>
      buildPair(pair, report[other].questions[place].pairs[number], other),
    ),
    ...(question.ranking ? [buildRanking(question.ranking)] : []),
  ];
}

/**
 * @param {Pair} pair
 * @param {Pair} beside
 * @param {Side} name
 */
function buildPair(pair, beside, name) {
  const whose = name === "raw" ? "All votes" : "Screened";
  const facts = listPairFacts(pair);
  if (pair.votes) facts.splice(1, 0, [whose, `${tellShare(beside.share)} (${tellInterval(beside.interval) || tellWanting(beside)})`]);
  return make(
    "section",
    { className: "pair" },
    make("h4", {}, tellPair(pair)),
    make(
      "div",
      { className: "columns" },
      ...(pair.votes ? [buildForest(pair)] : []),
      make("dl", {}, ...facts.flatMap(([title, text]) => [make("dt", {}, title), make("dd", {}, text)])),
    ),
  );
}

/** @param {RankedSystem[]} ranking */
function buildRanking(ranking) {
  const rows = ranking.map(({ system, worth, interval, votes }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, system),
      make("td", {}, worth.toFixed(2)),
      make("td", {}, interval ? `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}` : ""),
      make("td", {}, String(votes)),
    ),
  );
  const head = make("tr", {}, ...["All systems on one scale", "Log-worth", "95 %", "Votes"].map((text) => make("th", {}, text)));
  return make("table", { className: "ranking", title: "Bradley-Terry" }, make("thead", {}, head), make("tbody", {}, ...rows));
}

/**
 * @param {{ regions: ProminentRegion[] }} results
 * @param {Host} host
 */
function buildRegions({ regions }, host) {
  const rows = regions.map((one) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, make("a", { href: pageAddress("/review", { image: one.image_id }) }, one.image)),
      make("td", {}, `${one.x}, ${one.y}`),
      make("td", {}, make("meter", { min: 0, max: 1, value: one.share ?? 0 }), ` ${tellShare(one.share)}`),
      make("td", {}, tellInterval(one.interval)),
      make("td", {}, String(one.total)),
    ),
  );
  const titles = ["Image", "At", "Noticed by", "95 %", "Votes"];
  const keep = make("button", { type: "button", className: "needs-curator", onclick: () => host.onProminence() }, "Keep beside the regions");
  keep.title = "Scores can then count prominent regions alone";
  return make(
    "section",
    {},
    make("h3", {}, "Prominence"),
    make("table", {}, make("thead", {}, make("tr", {}, ...titles.map((text) => make("th", {}, text)))), make("tbody", {}, ...rows)),
    keep,
  );
}

/** @param {Report} report */
function buildChecks(report) {
  const rows = listChecks(report).map(({ title, tip, raw, screened }) =>
    make("tr", { title: tip }, make("th", { scope: "row" }, title), make("td", {}, screened), make("td", {}, raw)),
  );
  const head = make("tr", {}, ...["Checks", "Screened", "All"].map((text) => make("th", {}, text)));
  return make("table", { className: "checks" }, make("thead", {}, head), make("tbody", {}, ...rows));
}

/** @param {Report} report */
function buildExcluded({ excluded, screening, unjudged }) {
  const few = unjudged ? ` ${countNoun(unjudged, "voter")} saw fewer than ${countNoun(screening.needed, "gold trial")}, and nobody is judged by so few.` : "";
  if (!excluded.length) return make("p", { className: "quiet" }, `No voter broke a rule.${few}`);
  const rows = excluded.map(({ label, votes, reasons }) =>
    make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, String(votes)), make("td", {}, reasons.join("; "))),
  );
  const head = make("tr", {}, ...["Left out", "Votes", "Why"].map((text) => make("th", {}, text)));
  const table = make("table", { className: "excluded" }, make("thead", {}, head), make("tbody", {}, ...rows));
  return few ? make("div", {}, table, make("p", { className: "quiet" }, few.trim())) : table;
}

/**
 * @param {Report} report
 * @param {Host} host
 */
function buildLosses({ losses }, host) {
  const heading = make("h3", {}, "What the voters found");
  if (!losses.length) {
    const none = "There is no window yet in which a majority of three or more was against the system.";
    return make("section", {}, heading, make("p", { className: "quiet" }, none));
  }
  const rows = losses.slice(0, 12).map(({ image, image_id: id, other, question, wins, votes }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, make("a", { href: pageAddress("/review", { image: id }) }, image)),
      make("td", {}, `${wins} of ${votes} against ${other}`),
      make("td", {}, question),
    ),
  );
  const windows = new Set(losses.map(({ image_id: id, x, y }) => `${id} ${x} ${y}`)).size;
  const send = make("button", { type: "button", className: "needs-curator", onclick: () => host.onSendBack() }, "Send back to Review");
  return make(
    "section",
    { className: "losses" },
    heading,
    make("p", {}, `${losses[0].system} lost in ${countNoun(windows, "window")}.`),
    make("table", {}, make("tbody", {}, ...rows)),
    ...(losses.length > 12 ? [make("p", { className: "quiet" }, `And ${losses.length - 12} more.`)] : []),
    send,
  );
}

/**
 * Links to all votes and to what was laid down.
 * @param {Study} study
 */
export function buildDownloads({ id, manifest_sha: sha }) {
  const link = (/** @type {string} */ file, /** @type {string} */ text) => make("a", { href: fileUrl(id, file), download: "" }, text);
  return make(
    "p",
    { className: "downloads" },
    link("votes.csv", "Votes, CSV"),
    link("votes.json", "Votes, JSON"),
    link("manifest.json", "Manifest"),
    make("code", { title: `SHA-256 of the manifest: ${sha}` }, sha.slice(0, 12)),
  );
}
