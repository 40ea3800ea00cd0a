// The dialog of whoever is signed in: their role, their password, and signing out.

import { make } from "../shared/dom.js";
import { changePassword } from "./user_api.js";

/** @import { User } from "#types/shared" */

/** The dialog, and what fills it. */
export function buildAccount() {
  const who = make("p", { className: "signed-in" });
  const team = make("a", { href: "/team", className: "needs-admin" }, "Team and audit trail");
  const old = makePassword("current-password");
  const fresh = makePassword("new-password");
  const message = make("p", { className: "wrong", role: "status" });
  const form = make(
    "form",
    {},
    make("label", { htmlFor: old.id }, "Your password"),
    old,
    make("label", { htmlFor: fresh.id }, "The new one"),
    fresh,
    make("div", { className: "buttons" }, make("button", { type: "submit" }, "Change password")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await changePassword(old.value, fresh.value);
      form.reset();
      message.textContent = "Your password is changed; other browsers are signed out.";
      message.classList.remove("wrong");
    } catch (error) {
      message.textContent = error.message;
      message.classList.add("wrong");
    }
  });
  const dialog = make(
    "dialog",
    { className: "account-dialog", ariaLabel: "Who is signed in" },
    who,
    team,
    make("details", {}, make("summary", {}, "Change password"), form, message),
    make(
      "div",
      { className: "buttons" },
      make("button", { type: "button", onclick: () => dialog.close() }, "Close"),
      // A plain form: the server's answer leads to its login page.
      make(
        "form",
        { method: "post", action: "/logout" },
        make("button", { type: "submit", className: "primary" }, "Sign out"),
      ),
    ),
  );
  /** @param {User} user */
  const show = ({ name, role }) => {
    who.replaceChildren("Signed in as ", make("strong", {}, name), `, ${role}`);
  };
  return { dialog, show };
}

/** @param {"current-password" | "new-password"} kind */
const makePassword = (kind) =>
  make("input", { id: `account-${kind}`, type: "password", autocomplete: kind, required: true });
