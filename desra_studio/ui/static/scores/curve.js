// A precision-recall curve over the threshold. Python hands over { title, points, chosen, best,
// stale, busy, filtered }; a point is { threshold, iou, precision, recall, f1, detected, manual },
// figures null where there is nothing to count, `chosen` and `best` are indices of points.

import { make, makeSvg } from "../shared/dom.js";

const SIZE = { width: 460, height: 340, left: 46, right: 16, top: 14, bottom: 42 };
const COLUMNS = ["", "Threshold", "IoU", "Precision", "Recall", "F1", "Detected"];
const ROWS = ["Chosen", "Best F1", "Pointed at"];
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

const placeX = (share) => SIZE.left + share * (SIZE.width - SIZE.left - SIZE.right);
const placeY = (share) => SIZE.height - SIZE.bottom - share * (SIZE.height - SIZE.top - SIZE.bottom);
const isDrawn = (point) => point.precision !== null && point.recall !== null;
const tell = (value) => (value === null || value === undefined ? "n/a" : value.toFixed(3));
const tellThreshold = (value) => String(Number(value.toPrecision(3)));

export function mount(element, props, watch, trigger) {
  const root = element.querySelector(".curve");
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
    if (root.hidden || now === shown) return;
    shown = now;
    const { points, chosen, best, stale, busy } = value;
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

  const fill = (row, point) => {
    const texts = point
      ? [tellThreshold(point.threshold), ...[point.iou, point.precision, point.recall, point.f1].map(tell), String(point.detected)]
      : cells[row].map(() => "");
    cells[row].forEach((cell, index) => (cell.textContent = texts[index]));
  };

  watch("value", show);
  show();
}

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
  if (busy) lines.push("A job runs.");
  return lines.join(" ");
}

/** Draw axes, curve and marks; `point` hears of the point under the pointer or the arrow keys. */
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
  const at = ({ recall, precision }) => [placeX(recall), placeY(precision)];
  svg.append(makeSvg("polyline", { class: "line", points: drawn.map((one) => at(one).join()).join(" ") }));
  for (const one of drawn) {
    const [cx, cy] = at(one);
    svg.append(makeSvg("circle", { class: "point", cx, cy, r: 2.5 }));
  }
  const marks = [];
  if (points[best] && isDrawn(points[best])) {
    const [x, y] = at(points[best]);
    svg.append(makeSvg("rect", { class: "best", x: x - 6, y: y - 6, width: 12, height: 12 }));
    if (best !== chosen) marks.push([points[best], `best F1 at ${tellThreshold(points[best].threshold)}`]);
  }
  if (points[chosen] && isDrawn(points[chosen])) {
    const [cx, cy] = at(points[chosen]);
    svg.append(makeSvg("circle", { class: "chosen", cx, cy, r: 5 }));
    const text = `chosen: ${tellThreshold(points[chosen].threshold)}`;
    marks.push([points[chosen], best === chosen ? `${text}, best F1` : text]);
  }
  svg.append(...placeLabels(marks, at));
  const cursor = makeSvg("circle", { class: "cursor", r: 8 });
  svg.append(cursor);
  follow(svg, drawn, at, chosen < 0 ? null : points[chosen], (one) => {
    point(one);
    cursor.style.visibility = one ? "visible" : "hidden";
    if (!one) return;
    const [cx, cy] = at(one);
    cursor.setAttribute("cx", cx);
    cursor.setAttribute("cy", cy);
  });
  return svg;
}

function drawAxes() {
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

/** Labels beside their points, inside the plot, and not over each other. */
function placeLabels(marks, at) {
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

/** Tell which point is nearest to the pointer, or where the arrow keys went. */
function follow(svg, drawn, at, start, tellOf) {
  let index = Math.max(drawn.indexOf(start), 0);
  const go = (to) => {
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
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!step) return;
    go(index + step);
    event.preventDefault();
  });
  tellOf(null);
}

function write(text, attributes) {
  const element = makeSvg("text", attributes);
  element.textContent = text;
  return element;
}
