// Masks as run lengths, the other half of imaging/masks.py: alternating runs row by row, the first
// one unmarked, each an unsigned LEB128 number. tests/golden/runs.json holds both to the same bytes.

/** @import { LiveDetection } from "#types/masks" */

/**
 * Encode a mask of 0 and 1, (width * height) bytes.
 * @param {Uint8Array} mask
 */
export function encodeRuns(mask) {
  /** @type {number[]} */
  const out = [];
  /** @param {number} length */
  const push = (length) => {
    while (length > 127) {
      out.push((length & 127) | 128);
      length >>>= 7;
    }
    out.push(length);
  };
  let value = 0;
  let start = 0;
  // The browser's own search is many times faster than a look at every pixel.
  for (let end; (end = mask.indexOf(1 - value, start)) >= 0; start = end) {
    push(end - start);
    value = 1 - value;
  }
  push(mask.length - start);
  return Uint8Array.from(out);
}

/**
 * How many pixels of a mask of 0 and 1 are marked; four at a time, as every stroke asks for it.
 * @param {Uint8Array} mask
 */
export function countMarked(mask) {
  const words = new Uint32Array(mask.buffer, mask.byteOffset, mask.length >> 2);
  let count = 0;
  for (let start = 0; start < words.length; start += 127) {
    const end = Math.min(words.length, start + 127);
    let sum = 0; // four sums of up to 127, a byte each
    for (let at = start; at < end; at++) sum += words[at];
    const pairs = (sum & 0xff00ff) + ((sum >>> 8) & 0xff00ff);
    count += (pairs & 0xffff) + (pairs >>> 16);
  }
  for (let at = 4 * words.length; at < mask.length; at++) count += mask[at];
  return count;
}

/**
 * A short name of run lengths, by which a browser knows its own again: FNV-1a and their number.
 * @param {Uint8Array} data
 */
export function nameRuns(data) {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${data.length}-${(hash >>> 0).toString(16)}`;
}

/**
 * Take apart what live_detection.py packs: { regions, area_px, score, runs }.
 * @param {Uint8Array} data
 * @returns {LiveDetection}
 */
export function unpackRegions(data) {
  const length = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(data.subarray(4, 4 + length));
  return { ...JSON.parse(text), runs: data.subarray(4 + length) };
}

/**
 * Decode into `size` bytes of 0 and 1; throws where the runs do not fill it exactly.
 * @param {Uint8Array} data
 * @param {number} size
 */
export function decodeRuns(data, size) {
  const mask = new Uint8Array(size);
  let position = 0;
  let value = 0;
  let length = 0;
  let factor = 1;
  for (const byte of data) {
    length += (byte & 127) * factor;
    factor *= 128;
    if (byte < 128) {
      if (value) mask.fill(1, position, position + length);
      position += length;
      value = 1 - value;
      length = 0;
      factor = 1;
    }
  }
  if (position !== size || factor !== 1) {
    throw new Error(`The mask covers ${position} px, but the image has ${size}.`);
  }
  return mask;
}
