// Who works here, in the navigation, and the dialog that changes it.

import { make } from "../shared/dom.js";
import { forgetSignedIn, readSignedIn, readUser, writeUser } from "../shared/user.js";
import { buildAccount } from "./account.js";
import { loadUser } from "./user_api.js";

const MOST_LETTERS = 100;

/** The elements: a button that says the name, and its dialog. */
export function buildIdentity() {
  const name = make("span", { className: "who" });
  const chip = make(
    "button",
    { className: "identity" },
    "as ",
    name,
  );
  const input = make("input", {
    id: "studio-user",
    type: "text",
    maxLength: MOST_LETTERS,
    autocomplete: "name",
    spellcheck: false,
  });
  const account = buildAccount();
  const wrong = make("p", { className: "wrong", role: "alert" });
  const form = make(
    "form",
    { method: "dialog" },
    make("label", { htmlFor: input.id }, "Your name"),
    input,
    make("p", {}, "Masks, labels and settings are kept under it. Left empty, it is the server's own name."),
    make("p", {}, make("a", { href: "/team" }, "Team"), ": users who sign in, and what was done."),
    wrong,
    make(
      "div",
      { className: "buttons" },
      make("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
      make("button", { type: "submit", className: "primary" }, "Work under this name"),
    ),
  );
  const dialog = make("dialog", { className: "identity-dialog", ariaLabel: "Who works here" }, form);

  /** A long name is cut where it stands, so that it is told here, too. */
  const showName = (/** @type {string} */ text, isSignedIn = false) => {
    name.textContent = text;
    chip.title = isSignedIn
      ? `Signed in as ${text}; click for your password, or to sign out`
      : `${text}: masks and labels are saved under this name; click to change it`;
  };

  /** A name that this browser knows is shown at once, the server's own once it is told. */
  const show = async () => {
    showName(readUser() || "…");
    // Where it cannot be told, the navigation says already that the server cannot be reached.
    const told = await loadUser().catch(() => null);
    if (!told) return;
    if (told.signed_in) {
      account.show(told);
    } else if (readSignedIn()) {
      forgetSignedIn();
      location.reload();
      return;
    }
    document.body.dataset.role = told.role;
    showName(told.name || told.author, told.signed_in);
    input.placeholder = told.author;
  };

  chip.addEventListener("click", () => {
    if (readSignedIn()) {
      account.dialog.showModal();
      return;
    }
    input.value = readUser();
    wrong.textContent = "";
    dialog.showModal();
    input.select();
  });
  form.addEventListener("submit", (event) => {
    const wanted = input.value.trim().replace(/\s+/g, " ");
    if (wanted === readUser()) return;
    event.preventDefault();
    const change = new CustomEvent("studio:user", { cancelable: true, detail: { refusal: "" } });
    if (!window.dispatchEvent(change)) {
      wrong.textContent = change.detail.refusal;
      return;
    }
    // Everything on the page was read under the name before, and its claims are let go of as it
    // goes, under that name, too: this listener is the last one.
    window.addEventListener("pagehide", () => writeUser(wanted), { once: true });
    location.reload();
  });
  // Another tab of this browser may change it.
  window.addEventListener("storage", show);
  show();
  return [chip, dialog, account.dialog];
}
