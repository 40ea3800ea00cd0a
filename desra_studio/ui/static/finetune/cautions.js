// What is said before the start: why a run cannot be, and what will make it worse. No DOM here.

/** @typedef {{ blocks: boolean, text: string }} Caution */

/**
 * What speaks against a run with the chosen samples, what blocks it first.
 * @param {{ warnings: string[] }[]} chosen
 * @param {number} minimum how many samples a run takes at least
 * @param {string} obstacle why nothing of the dataset can be trained on; empty where it can
 * @returns {Caution[]}
 */
export function listCautions(chosen, minimum, obstacle) {
  if (obstacle) return [{ blocks: true, text: obstacle }];
  if (chosen.length < minimum) {
    const are = chosen.length === 1 ? "1 is" : `${chosen.length} are`;
    return [{ blocks: true, text: `Choose at least ${minimum} samples: ${are} chosen.` }];
  }
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const warning of chosen.flatMap(({ warnings }) => warnings)) {
    counts.set(warning, (counts.get(warning) ?? 0) + 1);
  }
  return [...counts].map(([warning, count]) => ({
    blocks: false,
    text: `${count} of the chosen samples: ${warning}.`,
  }));
}

/**
 * What is to be known of a generator that did not make the dataset's GAN-SR, or may not have.
 * @param {number | null} chosen its id
 * @param {{ id: number, label: string }[]} generators
 * @param {number | null} madeBy id of the model that made GAN-SR; none of them where it was imported
 * @returns {Caution[]}
 */
export function warnOfGenerator(chosen, generators, madeBy) {
  const generator = generators.find(({ id }) => id === chosen);
  if (!generator || chosen === madeBy) return [];
  const maker = generators.find(({ id }) => id === madeBy);
  const text = maker
    ? `GAN-SR of this dataset was made by ${maker.label}, not by ${generator.label}: what is marked are ` +
      "artifacts of the other one. Choose the one that made it, or upscale the LR images with this one first."
    : `GAN-SR of this dataset was imported. Make sure that ${generator.label} made it: fine-tuning ` +
      "removes only artifacts that the generator paints itself.";
  return [{ blocks: false, text }];
}

/**
 * What is to be known of a fresh discriminator; empty for one that has learnt.
 * @param {number | null} chosen its id; null for a fresh one
 * @param {string} missing why the one that the generator came with cannot be chosen
 * @param {number | null} warmUp iterations that a fresh one is given
 */
export function tellFresh(chosen, missing, warmUp) {
  if (chosen !== null) return "";
  const unheard =
    warmUp === 0
      ? "A fresh one knows nothing at first and counts from the first iteration: a warm-up of 100 lets it learn first."
      : "";
  return [missing, unheard].filter(Boolean).join(" ");
}
