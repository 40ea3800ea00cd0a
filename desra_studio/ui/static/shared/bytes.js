// How much something takes, in words.

/** @param {number} bytes */
export function tellBytes(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const power = Math.min(4, [1, 2, 3].find((at) => bytes < 999.5 * 1000 ** at) ?? 4);
  const value = bytes / 1000 ** power;
  return `${value.toFixed(value < 99.95 ? 1 : 0)} ${["kB", "MB", "GB", "TB"][power - 1]}`;
}
