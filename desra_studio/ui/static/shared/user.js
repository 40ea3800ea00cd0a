// Who works in this browser: who signed in, else a name that was told. It goes with every request,
// and names what this browser keeps. Empty until one of both was.

const KEY = "studio.user";
const COOKIE = "desra_user";

export const readUser = () => readSignedIn() || readTold();

/** Who signed in last in this browser; "" where nobody did, or signed out since. */
export function readSignedIn() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return found ? decodeURIComponent(found.slice(COOKIE.length + 1)) : "";
}

/** Forget who signed in: of a server on which nobody does. */
export const forgetSignedIn = () => {
  document.cookie = `${COOKIE}=; path=/; max-age=0; SameSite=Lax`;
};

function readTold() {
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
