// The pages around the trials: agreeing, the display, the end, and what went wrong.

import { make } from "../shared/dom.js";
import { checkDisplay } from "./display.js";

/** @import { Display, Problem, VotingProgress, VotingSession } from "#types/vote" */

/**
 * @param {string} title
 * @param {...(Node | string)} children
 */
const card = (title, ...children) =>
  make("section", { className: "card" }, make("h1", {}, title), ...children);

/** @param {string} text */
const paragraphs = (text) =>
  text.split(/\n+/).filter(Boolean).map((line) => make("p", {}, line));

/**
 * @param {string} text
 * @param {() => void} onclick
 */
const primary = (text, onclick) => make("button", { className: "primary", onclick }, text);

/**
 * What the study is, and what voters agree to.
 * @param {VotingSession} session
 * @param {() => void} onAgree
 */
export function buildConsent({ title, consent, kind }, onAgree) {
  const how =
    kind === "choice"
      ? "You will see two pictures of the same place, again and again, and answer a question about " +
        "them. There is no right answer but what you see; say “not sure” when you cannot tell."
      : "You will see pictures with one outlined place, and say whether you notice an artifact " +
        "there: something that looks wrong, and would not be in a photograph.";
  const box = make("input", { type: "checkbox", id: "agree" });
  const go = primary("Begin", () => onAgree());
  go.disabled = true;
  box.addEventListener("change", () => (go.disabled = !box.checked));
  return card(
    title,
    make("p", {}, how),
    ...paragraphs(consent),
    make("label", { className: "agree" }, box, "I have read this and agree."),
    go,
  );
}

/**
 * Whether the screen shows pictures as they are; measured again as the window changes.
 * @param {() => Display} measure
 * @param {(display: Display) => void} onGo
 */
export function buildDisplayCheck(measure, onGo) {
  const rows = make("dl", { className: "checks" });
  const advice = make("ul", { className: "advice" });
  const go = primary("Continue", () => onGo(measure()));
  const show = () => {
    const found = checkDisplay(measure());
    rows.replaceChildren(
      ...found.flatMap(({ title, value, good }) => [
        make("dt", {}, title),
        make("dd", { className: good ? "good" : "warned" }, `${good ? "✓" : "!"} ${value}`),
      ]),
    );
    const wrong = found.filter(({ good }) => !good);
    advice.replaceChildren(...wrong.map((row) => make("li", {}, row.advice)));
    go.textContent = wrong.length ? "Continue all the same" : "Continue";
  };
  const element = card(
    "Your display",
    make("p", {}, "Every pixel of a picture should be one pixel of your screen, at first."),
    rows,
    advice,
    go,
  );
  const onResize = () => (element.isConnected ? show() : removeEventListener("resize", onResize));
  addEventListener("resize", onResize);
  show();
  return element;
}

/**
 * A break: the page can be closed.
 * @param {VotingProgress} progress
 * @param {() => void} onGo
 */
export const buildPause = ({ done, total }, onGo) =>
  card(
    "Paused",
    make("p", {}, `You have answered ${done} of ${total}. Every answer is kept.`),
    make("p", {}, "You can close this page, and go on later on this device by the same link."),
    primary("Go on", onGo),
  );

/** All is answered. */
export const buildDone = () =>
  card(
    "Thank you",
    make("p", {}, "You have answered everything, and every answer is kept. You can close this page."),
  );

/** @type {Record<string, string>} */
const TITLES = {
  forged: "This link does not work",
  expired: "This link has expired",
  closed: "This study is not open",
  too_many: "Please come back later",
  missing: "A picture is missing",
  offline: "No connection",
};

/**
 * What went wrong, in a sentence; with a button where trying again can help.
 * @param {Problem} problem
 * @param {() => void} onAgain
 * @param {boolean} [hasVoted] nothing went wrong for who voted until the study was complete
 */
export function buildProblem({ code = "", message }, onAgain, hasVoted = false) {
  const again = ["offline", "busy", "missing", "too_many"].includes(code);
  return card(
    hasVoted && code === "closed" ? "Thank you" : (TITLES[code] ?? "Something went wrong"),
    make("p", { role: "alert" }, message),
    ...(again ? [primary("Try again", onAgain)] : []),
  );
}
