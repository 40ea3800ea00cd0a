// What pens have beyond a mouse: how hard they press, and an end that erases. No DOM here.

/** @import { Press } from "#types/review" */

/** Of `buttons`, set while the other end of a pen is down. */
const ERASER = 32;
const LEAST_PRESSURE = 0.1;
const LEAST_RADIUS = 0.5;

/**
 * Whether a press takes away what it would add.
 * @param {Press} event
 */
export const subtracts = ({ altKey, buttons = 0 }) => altKey || (buttons & ERASER) !== 0;

/**
 * The radius of a brush in image px where a pen presses so hard; all else has the whole of it.
 * @param {number} radius
 * @param {Partial<Press>} [event]
 */
export function pressRadius(radius, { pointerType, pressure = 1 } = {}) {
  if (pointerType !== "pen") return radius;
  return Math.max(LEAST_RADIUS, radius * Math.max(LEAST_PRESSURE, pressure));
}
