// What witnesses say, of all artifacts and of one, in words. No DOM here.

import { countNoun, nameReference } from "../shared/words.js";
import { findFate } from "./fates.js";
import { describeInterval } from "./intervals.js";

/** @import { Fate, ProofComponent, ProofFigures, ShownWitness, VoterWord, Witness } from "#types/proof" */

/** What witnesses cannot be: said below them. */
export const KINSHIP =
  "Every comparison with MSE-SR measures what the pseudo-GT asks for in the end. Ground truth (HR) " +
  "and voters do not depend on it.";

/** @type {Fate[]} In the order of a bar. */
const PARTS = ["gone", "fainter", "still_there"];
const RULES =
  " Fainter: at most 75 % of the area or of the depth is left. That is a convention: nobody has " +
  "measured from where on people see it.";

const tellShare = (/** @type {number} */ value) => `${Math.round(100 * value)} %`;
/** @param {Witness} witness */
const describeGone = ({ removal_interval: interval, removal_rate: rate }) => {
  const said = describeInterval(interval, rate, tellShare);
  return said && `gone: ${said}`;
};
const nameFate = (/** @type {Fate} */ id) => findFate(id)?.title.toLowerCase() ?? id;

/**
 * Who says what the verdict tells; "" where nobody saw anything.
 * @param {ProofFigures} proof
 */
export function nameHeadline({ headline, witnesses, before_components: judged }) {
  const witness = witnesses.find(({ name }) => name === headline);
  if (!witness) return "";
  const next = witness.seen < judged ? " What it had not seen is judged by the next." : "";
  return witness.trained_on
    ? `By ${headline}, though a loss asked for what it measures: no other witness saw any.`
    : `By ${headline}, the strictest witness that no loss asked for.${next}`;
}

/**
 * The witnesses side by side, in the proof's order.
 * @param {ProofFigures} proof
 * @returns {ShownWitness[]}
 */
export function describeWitnesses(proof) {
  const { headline, witnesses, before_components: judged, unseen, reference } = proof;
  const all = judged + unseen;
  return witnesses.map((witness) => ({
    title: witness.title,
    tip: nameReference(witness.asks, reference) + RULES,
    text: witness.seen ? `${witness.gone} of ${witness.seen} gone` : "saw none",
    parts: PARTS.map((fate) => {
      const count = witness[/** @type {"gone" | "fainter" | "still_there"} */ (fate)];
      return { fate, share: all ? count / all : 0, text: `${count} ${nameFate(fate)}` };
    }).filter(({ share }) => share > 0),
    rest: describeRest(witness, all),
    interval: describeGone(witness),
    headline: witness.name === headline,
    trainedOn: witness.trained_on,
  }));
}

/**
 * What is not gone by a witness.
 * @param {Witness} witness
 * @param {number} all artifacts.
 */
function describeRest({ seen, fainter, still_there: still, added }, all) {
  const words = [
    fainter ? `${fainter} fainter` : "",
    still ? `${still} still there` : "",
    seen < all ? `${all - seen} not seen` : "",
    added ? `${added} new` : "",
  ];
  return words.filter(Boolean).join(", ");
}

/**
 * What is said of a component, in the order of the witnesses.
 * @param {ProofComponent} component
 * @param {ProofFigures} proof
 */
export function describeWords({ fate, words, found_by: finders, likeness }, { witnesses }) {
  if (typeof likeness === "number") {
    return `Rejected in review; likeness with the original ${likeness.toFixed(2)}: ${
      fate === "changed" ? "changed" : "kept"
    }`;
  }
  if (finders?.length) return `Found by ${finders.join(" and ")} where nothing was marked before`;
  const place = (/** @type {string} */ name) => witnesses.findIndex((each) => each.name === name);
  const sorted = [...(words ?? [])].sort((one, other) => place(one.witness) - place(other.witness));
  return sorted
    .map(({ witness, fate: said, area_left: area, depth_left: depth }) => {
      const asked = witnesses[place(witness)]?.trained_on ? " (trained on)" : "";
      const left = `, ${tellShare(area)} of the area and ${tellShare(depth)} of the depth left`;
      const isLeft = said === "fainter" || said === "still_there";
      return `${witness}${asked}: ${nameFate(said)}${isLeft ? left : ""}`;
    })
    .join(" · ");
}

/**
 * What voters say on a question, as a witness is shown; their share alone has a bar.
 * @param {VoterWord} word
 */
export function describeVoters({ study, question, share, interval, votes, voters, images }) {
  const of = `${countNoun(votes, "vote")}, ${countNoun(voters, "voter")}, ${countNoun(images, "image")}`;
  return {
    title: `Voters: ${question}`,
    tip: `The study ${study}, blinded, against the model that this one was made from`,
    text: `${tellShare(share)} for it`,
    share,
    rest: of,
    interval: interval ? interval.map(tellShare).join(" to ") : "",
  };
}

/**
 * What became of that which should have stayed; "" where there is none.
 * @param {ProofFigures} proof
 */
export function describeControls({ controls, reviewed }) {
  if (!reviewed) return "No controls: nobody has rejected anything here.";
  const { components, changed, clean_images: clean } = controls;
  if (!components) return "No controls: nothing that was detected was rejected.";
  const where = clean ? `, and on ${countNoun(clean, "clean image")}` : "";
  return `Changed though it should have stayed: ${changed} of ${components} (rejected in review${where}).`;
}
