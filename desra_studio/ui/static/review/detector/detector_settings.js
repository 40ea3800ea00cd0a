// The detector's settings: how they are sent, and the steps that the sliders have.

/** @import { DetectorSettings } from "#types/review" */

// Steps grow with the value: 10 px more matter at 50 px, not at 5000.
export const AREAS = [
  0, 10, 20, 30, 50, 70, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1000, 1200, 1500, 2000, 2500,
  3000, 3500, 4000, 4500, 5000, 6000, 7000, 8000, 9000, 10000, 12000, 14000, 16000, 18000, 20000,
];
export const SHARES = [
  0, 0.0001, 0.0002, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02,
  0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2,
];
export const KERNELS = [1, 3, 5, 7, 9, 11];

/**
 * @param {DetectorSettings} first
 * @param {DetectorSettings} second
 */
export const areSame = (first, second) => toQuery(first) === toQuery(second);

/**
 * Settings as the query of an address.
 * @param {DetectorSettings} settings
 */
export const toQuery = (settings) =>
  new URLSearchParams(
    Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [[name, `${value}`]])),
  ).toString();

/**
 * Index of the step that is nearest to a value.
 * @param {number[]} steps
 * @param {number} value
 */
export function findNearest(steps, value) {
  let best = 0;
  for (let i = 1; i < steps.length; i++) {
    if (Math.abs(steps[i] - value) < Math.abs(steps[best] - value)) best = i;
  }
  return best;
}

/**
 * The same area threshold in the other unit, at the nearest step: what changes is the unit.
 * @param {DetectorSettings} settings
 * @param {string} unit
 * @param {number} imagePx
 * @returns {DetectorSettings}
 */
export function changeAreaUnit(settings, unit, imagePx) {
  if (unit === "%") {
    const share = settings.area_threshold / imagePx;
    return { ...settings, area_share: SHARES[findNearest(SHARES, share)] };
  }
  const area = AREAS[findNearest(AREAS, (settings.area_share ?? 0) * imagePx)];
  return { ...settings, area_share: null, area_threshold: area };
}
