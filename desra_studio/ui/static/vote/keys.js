// Which key does what while voting. No DOM here.

/** @import { Kind } from "#types/studies" */
/** @import { Answer } from "#types/vote" */

/** @type {Record<string, Answer>} */
const CHOICE = { 1: "left", 2: "right", 0: "unsure" };
/** @type {Record<string, Answer>} */
const NOTICE = { y: "yes", 1: "yes", n: "no", 2: "no", 0: "unsure" };
// What moves the view besides is in viewer/view_keys.js.
/** @type {Record<string, string>} */
const VIEW = {
  z: "native",
  w: "whole",
  f: "flip",
  l: "lr",
  o: "outline",
  p: "pause",
};

/**
 * The answer that a key gives, or null.
 * @param {Kind} kind
 * @param {string} key
 */
export const findAnswer = (kind, key) =>
  (kind === "choice" ? CHOICE : NOTICE)[key.toLowerCase()] ?? null;

/**
 * What else a key does, or null.
 * @param {string} key
 */
export const findAction = (key) => VIEW[key.toLowerCase()] ?? null;

/**
 * The answers of a trial in the order of their buttons: { answer, text, key }.
 * @param {Kind} kind
 * @returns {{ answer: Answer, text: string, key: string }[]}
 */
export const listAnswers = (kind) =>
  kind === "choice"
    ? [
        { answer: "left", text: "Picture 1", key: "1" },
        { answer: "unsure", text: "Not sure", key: "0" },
        { answer: "right", text: "Picture 2", key: "2" },
      ]
    : [
        { answer: "yes", text: "Yes", key: "Y" },
        { answer: "unsure", text: "Not sure", key: "0" },
        { answer: "no", text: "No", key: "N" },
      ];
