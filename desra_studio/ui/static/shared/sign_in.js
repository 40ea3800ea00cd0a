// The password, asked for in place: a session that ends leaves what is on the page where it is.

import { make } from "./dom.js";
import { readUser } from "./user.js";

/** @type {Promise<boolean> | null} */
let asking = null;
/** Whether it was put off: what a page asks by itself waits then until somebody does something. */
let isPutOff = false;

/**
 * Ask who it is, once for however many requests wait for it.
 * @param {boolean} isDeed whether it is for what somebody did, not for what a page asks by itself.
 * @returns {Promise<boolean>} whether somebody is signed in again.
 */
export async function askToSignIn(isDeed = true) {
  if (isPutOff && !isDeed) return false;
  asking ??= ask().finally(() => (asking = null));
  isPutOff = !(await asking);
  return !isPutOff;
}

/** @returns {Promise<boolean>} */
function ask() {
  const name = make("input", {
    id: "sign-in-name",
    name: "name",
    autocomplete: "username",
    required: true,
    value: readUser(),
    readOnly: readUser() !== "",
  });
  const password = make("input", {
    id: "sign-in-password",
    name: "password",
    type: "password",
    autocomplete: "current-password",
    required: true,
  });
  const wrong = make("p", { className: "wrong", role: "alert" });
  const form = make(
    "form",
    {},
    make("h2", {}, "Sign in again"),
    make("p", {}, "Your session is over. What is on this page stays, and goes on from here."),
    make("label", { htmlFor: name.id }, "Name"),
    name,
    make("label", { htmlFor: password.id }, "Password"),
    password,
    wrong,
    make(
      "div",
      { className: "buttons" },
      make("button", { type: "button", onclick: () => dialog.close() }, "Later"),
      make("button", { type: "submit", className: "primary" }, "Sign in"),
    ),
  );
  const dialog = make("dialog", { className: "studio-sign-in", ariaLabel: "Sign in again" }, form);
  // Keys of the page below are not meant while somebody types a password.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
  (name.value ? password : name).focus();
  return new Promise((resolve) => {
    let done = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      wrong.textContent = await signIn(name.value, password.value);
      done = wrong.textContent === "";
      if (done) dialog.close();
      else password.select();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
  });
}

/**
 * Return what went wrong, or "".
 * @param {string} name
 * @param {string} password
 */
async function signIn(name, password) {
  try {
    const answer = await fetch("/login", {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ name, password }),
    });
    if (answer.ok) return "";
    return (await answer.json()).error ?? `The server answered ${answer.status}.`;
  } catch {
    return "The server cannot be reached. Try again.";
  }
}
