// Where a mask is. No DOM here.

/** The box [x, y, width, height] of what a mask of 0 and 1 marks; null where it marks nothing. */
export function boundMask(mask, width) {
  const first = mask.indexOf(1);
  if (first < 0) return null;
  const top = Math.floor(first / width);
  const bottom = Math.floor(mask.lastIndexOf(1) / width);
  let left = width;
  let right = 0;
  for (let row = top; row <= bottom; row++) {
    const line = mask.subarray(row * width, (row + 1) * width);
    const start = line.indexOf(1);
    if (start < 0) continue;
    left = Math.min(left, start);
    right = Math.max(right, line.lastIndexOf(1));
  }
  return [left, top, right - left + 1, bottom - top + 1];
}
