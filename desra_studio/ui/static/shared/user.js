// Who works in this browser: a name that goes with every request. Empty until it was told.

const KEY = "studio.user";

export function readUser() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // where a browser forbids to remember, the server's own name stands
  }
}

/** @param {string} name */
export function writeUser(name) {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Nothing to do about it: the name is asked for again.
  }
}
