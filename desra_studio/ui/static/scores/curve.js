// A precision-recall curve over the threshold.

import { find, make, makeSvg } from "../shared/dom.js";

/** @import { Curve, CurvePoint } from "#types/scores" */
/** @import { Props, Trigger, Watch } from "#types/shared" */

const SIZE = { width: 460, height: 340, left: 46, right: 16, top: 14, bottom: 42 };
const COLUMNS = ["", "Threshold", "IoU", "Precision", "Recall", "F1", "Detected"];
const ROWS = ["Chosen", "Best F1", "Pointed at"];
/** @type {Record<string, number>} by key, where it goes along the curve. */
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** @param {number} share */
const placeX = (share) => SIZE.left + share * (SIZE.width - SIZE.left - SIZE.right);
/** @param {number} share */
const placeY = (share) => SIZE.height - SIZE.bottom - share * (SIZE.height - SIZE.top - SIZE.bottom);
/** @typedef {CurvePoint & { precision: number, recall: number }} DrawnPoint */

/**
 * @param {CurvePoint | undefined} point
 * @returns {point is DrawnPoint}
 */
const isDrawn = (point) => Boolean(point) && point?.precision !== null && point?.recall !== null;
/** @param {number | null} value */
const tell = (value) => (value === null ? "n/a" : value.toFixed(3));
/** @param {number} value */
const tellThreshold = (value) => String(Number(value.toPrecision(3)));

/**
 * @param {Element} element
 * @param {Props<Curve>} props
 * @param {Watch} watch
 * @param {Trigger} trigger
 */
export function mount(element, props, watch, trigger) {
  const root = find(element, ".curve", HTMLElement);
  if (root.childElementCount) return;
  root.hidden = true;
  const of = make("span", { className: "of" });
  const plot = make("div", { className: "plot" });
  const cells = ROWS.map(() => COLUMNS.slice(1).map(() => make("td")));
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...COLUMNS.map((name) => make("th", { scope: "col" }, name)))),
    make(
      "tbody",
      {},
      ...ROWS.map((name, row) => make("tr", {}, make("th", { scope: "row" }, name), ...cells[row])),
    ),
  );
  const says = make("p", { className: "says", role: "status" });
  const trace = make("button", { type: "button", className: "trace", onclick: () => trigger("submit") });
  const side = make("div", { className: "side" }, table, says, trace);
  root.append(make("h3", {}, "Precision and recall over the threshold"), of, plot, side);
  let shown = "";

  const show = () => {
    const value = props.value;
    root.hidden = !value?.title;
    const now = JSON.stringify(value);
    if (!value?.title || now === shown) return;
    shown = now;
    const { points, stale, busy } = value;
    const [chosen, best] = [value.chosen ?? -1, value.best ?? -1];
    of.textContent = value.title;
    fill(0, points[chosen]);
    fill(1, points[best]);
    fill(2, null);
    plot.replaceChildren(draw(points, chosen, best, (point) => fill(2, point)));
    root.classList.toggle("stale", stale);
    says.textContent = describe(value);
    trace.textContent = points.length ? "Trace it again" : "Trace the curve";
    trace.hidden = points.length > 0 && !stale;
    trace.disabled = busy;
    table.hidden = !points.length;
  };

  /**
   * @param {number} row
   * @param {CurvePoint | null | undefined} point
   */
  const fill = (row, point) => {
    const texts = point
      ? [tellThreshold(point.threshold), ...[point.iou, point.precision, point.recall, point.f1].map(tell), String(point.detected)]
      : cells[row].map(() => "");
    cells[row].forEach((cell, index) => (cell.textContent = texts[index]));
  };

  watch("value", show);
  show();
}

/** @param {Curve} curve */
function describe({ points, stale, busy, filtered }) {
  const lines = [];
  if (!points.length) {
    lines.push("Scores this detector at about 25 thresholds, from the stored maps: shows what another threshold would give.");
  } else {
    if (stale) lines.push("The labels have changed since this curve was traced.");
    lines.push(`Over ${points[0].manual} manual regions.`);
    const empty = points.filter((point) => !isDrawn(point)).length;
    if (empty) lines.push(`Not drawn: ${empty} of ${points.length} thresholds without anything to count.`);
    if (filtered) lines.push("The curve counts all regions, whatever the table does.");
  }
  if (busy) lines.push("A job is running.");
  return lines.join(" ");
}

/**
 * Draw axes, curve and marks; `point` hears of the point under the pointer or the arrow keys.
 * @param {CurvePoint[]} points
 * @param {number} chosen
 * @param {number} best
 * @param {(point: CurvePoint | null) => void} point
 */
function draw(points, chosen, best, point) {
  const svg = makeSvg("svg", {
    viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
    width: SIZE.width,
    height: SIZE.height,
    role: "application",
    "aria-roledescription": "curve",
    "aria-label": "Precision over recall; left and right arrow go from threshold to threshold",
  });
  svg.append(...drawAxes());
  const drawn = points.filter(isDrawn);
  if (!drawn.length) return svg;
  svg.tabIndex = 0;
  svg.append(makeSvg("polyline", { class: "line", points: drawn.map((one) => at(one).join()).join(" ") }));
  for (const one of drawn) {
    const [cx, cy] = at(one);
    svg.append(makeSvg("circle", { class: "point", cx, cy, r: 2.5 }));
  }
  /** @type {[DrawnPoint, string][]} */
  const marks = [];
  const bestPoint = points[best];
  if (isDrawn(bestPoint)) {
    const [x, y] = at(bestPoint);
    svg.append(makeSvg("rect", { class: "best", x: x - 6, y: y - 6, width: 12, height: 12 }));
    if (best !== chosen) marks.push([bestPoint, `best F1 at ${tellThreshold(bestPoint.threshold)}`]);
  }
  const chosenPoint = points[chosen];
  if (isDrawn(chosenPoint)) {
    const [cx, cy] = at(chosenPoint);
    svg.append(makeSvg("circle", { class: "chosen", cx, cy, r: 5 }));
    const text = `chosen: ${tellThreshold(chosenPoint.threshold)}`;
    marks.push([chosenPoint, best === chosen ? `${text}, best F1` : text]);
  }
  svg.append(...placeLabels(marks));
  const cursor = makeSvg("circle", { class: "cursor", r: 8 });
  svg.append(cursor);
  const start = drawn.findIndex((one) => one === chosenPoint);
  follow(svg, drawn, start, (one) => {
    point(one);
    cursor.style.visibility = one ? "visible" : "hidden";
    if (!one) return;
    const [cx, cy] = at(one);
    cursor.setAttribute("cx", String(cx));
    cursor.setAttribute("cy", String(cy));
  });
  return svg;
}

/**
 * @param {DrawnPoint} point
 * @returns {[x: number, y: number]}
 */
const at = ({ recall, precision }) => [placeX(recall), placeY(precision)];

function drawAxes() {
  /** @type {SVGElement[]} */
  const parts = [];
  for (const tick of TICKS) {
    const [x, y] = [placeX(tick), placeY(tick)];
    parts.push(
      makeSvg("line", { class: "grid", x1: x, x2: x, y1: placeY(0), y2: placeY(1) }),
      makeSvg("line", { class: "grid", x1: placeX(0), x2: placeX(1), y1: y, y2: y }),
      write(tick.toFixed(1), { x, y: placeY(0) + 16, "text-anchor": "middle" }),
      write(tick.toFixed(1), { x: placeX(0) - 7, y: y + 4, "text-anchor": "end" }),
    );
  }
  const middle = placeY(0.5);
  parts.push(
    write("Recall", { class: "axis", x: placeX(0.5), y: SIZE.height - 6, "text-anchor": "middle" }),
    write("Precision", { class: "axis", x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }),
  );
  return parts;
}

/**
 * Labels beside their points, inside the plot, and not over each other.
 * @param {[DrawnPoint, string][]} marks
 */
function placeLabels(marks) {
  /** @type {number | null} */
  let last = null;
  return marks.map(([one, text]) => {
    const [x, y] = at(one);
    const left = x > placeX(0.62);
    // A curve often runs along the upper edge: there the label stands below it.
    let line = y < placeY(0.9) ? y + 22 : y - 10;
    if (last !== null && Math.abs(line - last) < 16) line = last + 16;
    last = line;
    return write(text, { class: "mark", x: x + (left ? -11 : 11), y: line, "text-anchor": left ? "end" : "start" });
  });
}

/**
 * Tell which point is nearest to the pointer, or where the arrow keys went.
 * @param {SVGSVGElement} svg
 * @param {DrawnPoint[]} drawn
 * @param {number} start
 * @param {(point: DrawnPoint | null) => void} tellOf
 */
function follow(svg, drawn, start, tellOf) {
  let index = Math.max(start, 0);
  const go = (/** @type {number} */ to) => {
    index = Math.min(Math.max(to, 0), drawn.length - 1);
    tellOf(drawn[index]);
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) * SIZE.width) / box.width;
    const y = ((event.clientY - box.top) * SIZE.height) / box.height;
    const far = drawn.map((one) => Math.hypot(at(one)[0] - x, at(one)[1] - y));
    go(far.indexOf(Math.min(...far)));
  });
  svg.addEventListener("pointerleave", () => tellOf(null));
  svg.addEventListener("focus", () => go(index));
  svg.addEventListener("blur", () => tellOf(null));
  svg.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    go(index + step);
    event.preventDefault();
  });
  tellOf(null);
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} attributes
 */
function write(text, attributes) {
  const element = makeSvg("text", attributes);
  element.textContent = text;
  return element;
}
