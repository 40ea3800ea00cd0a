// Users: their roles, their invitations, and names that worked here before there were users.

import { buildCopy } from "../shared/copy_field.js";
import { make } from "../shared/dom.js";
import { addMember, changeMember, inviteAgain, loadMembers } from "./api.js";

/** @import { Role } from "#types/shared" */
/** @import { Invitation, Member } from "#types/team" */

/** @type {Record<Role, string>} */
export const ROLES = {
  reviewer: "Labels, verdicts, scores",
  curator: "Imports, detection, studies, too",
  admin: "Users, models, fine-tuning, too",
};
const STANDINGS = { active: "", invited: "Invited", disabled: "Disabled", "no user": "No user yet" };

export class Members {
  /** Called once something was changed. */
  onChange = () => {};
  #body = make("tbody", {});
  #hint = make("p", { className: "hint" });
  #message = make("p", { className: "message", role: "status" });
  #invitation = make("div", { className: "invitation", hidden: true });
  #name = make("input", {
    id: "member-name",
    type: "text",
    maxLength: 100,
    required: true,
    autocomplete: "off",
    spellcheck: false,
  });
  #role = buildRoles("reviewer");
  /** Whether anybody signs in here. */
  #some = true;

  constructor() {
    this.#role.id = "member-role";
    const form = make(
      "form",
      { className: "add" },
      make("label", { htmlFor: this.#name.id }, "Name"),
      this.#name,
      make("label", { htmlFor: this.#role.id }, "Role"),
      this.#role,
      make("button", { type: "submit", className: "primary" }, "Add and make a link"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#admit(this.#name.value, readRole(this.#role), false);
    });
    const head = ["Name", "Role", "Masks", "Last sign-in", "Actions"].map((title) =>
      make("th", { scope: "col" }, title),
    );
    this.root = make(
      "section",
      { ariaLabel: "Users" },
      this.#hint,
      make("dl", {}, ...Object.entries(ROLES).map(([role, what]) => make("div", {}, make("dt", {}, role), make("dd", {}, what)))),
      make("div", { className: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), this.#body)),
      form,
      this.#message,
      this.#invitation,
    );
  }

  async load() {
    await this.#try(async () => this.#draw(await loadMembers()));
  }

  /** @param {Member[]} members */
  #draw(members) {
    const some = members.some(({ role }) => role);
    this.#hint.textContent = some
      ? "Everybody signs in with a name and a password. Each role may do what those before it may."
      : "Nobody signs in here: whoever sits at this machine does everything. " +
        "Once there is a user, everybody signs in. Make yourself an admin first, and choose your password.";
    this.#some = some;
    this.#role.value = some ? "reviewer" : "admin";
    this.#role.disabled = !some;
    this.#body.replaceChildren(...members.map((member) => this.#drawRow(member)));
  }

  /** @param {Member} member */
  #drawRow(member) {
    const { name, role, standing, works, signed_in: signedIn } = member;
    const state = STANDINGS[standing];
    return make(
      "tr",
      { className: standing === "disabled" ? "disabled" : "" },
      make("th", { scope: "row" }, name, ...(state ? [" ", make("small", {}, state)] : [])),
      make("td", {}, this.#drawRole(member)),
      make("td", { className: "number" }, String(works)),
      make("td", {}, signedIn ? tellTime(signedIn) : role ? "–" : ""),
      make("td", { className: "actions" }, ...this.#drawActions(member)),
    );
  }

  /** @param {Member} member */
  #drawRole({ name, role }) {
    const choice = buildRoles(role ?? (this.#some ? "reviewer" : "admin"));
    choice.disabled = !this.#some;
    choice.ariaLabel = `Role of ${name}`;
    if (role) {
      choice.addEventListener("change", () => this.#change(name, { role: readRole(choice) }, `${name} is ${tellRole(readRole(choice))}.`));
    } else choice.dataset.adopted = name;
    return choice;
  }

  /** @param {Member} member */
  #drawActions({ name, role, standing }) {
    if (!role) {
      const adopt = () => {
        const chosen = this.#body.querySelector(`[data-adopted="${CSS.escape(name)}"]`);
        if (chosen instanceof HTMLSelectElement) this.#admit(name, readRole(chosen), true);
      };
      return [make("button", { type: "button", onclick: adopt, title: "Their masks stay theirs" }, "Make a user")];
    }
    if (standing === "disabled") {
      const enable = () => this.#change(name, { disabled: false }, `${name} may sign in again.`);
      return [make("button", { type: "button", onclick: enable }, "Enable")];
    }
    const disable = () => this.#change(name, { disabled: true }, `${name} is disabled, and signed out everywhere.`);
    return [
      make("button", { type: "button", onclick: () => this.#invite(name) }, "New link"),
      make("button", { type: "button", onclick: disable }, "Disable"),
    ];
  }

  /**
   * @param {string} name
   * @param {Role} role
   * @param {boolean} adopt
   */
  #admit(name, role, adopt) {
    return this.#try(async () => {
      const isFirst = !this.#some;
      const invitation = await addMember({ name, role, adopt });
      if (isFirst) {
        // From here on nothing is answered to who is not signed in: they are, with their password.
        location.assign(invitation.path);
        return;
      }
      this.#name.value = "";
      await this.#changed(`${invitation.name} is ${tellRole(role)}.`, invitation);
    });
  }

  /** @param {string} name */
  #invite(name) {
    return this.#try(async () => {
      await this.#changed("The link before is over.", await inviteAgain(name));
    });
  }

  /**
   * @param {string} name
   * @param {{ role?: Role, disabled?: boolean }} change
   * @param {string} done
   */
  #change(name, change, done) {
    return this.#try(async () => {
      await changeMember(name, change);
      await this.#changed(done);
    });
  }

  /**
   * @param {string} done
   * @param {Invitation | null} invitation
   */
  async #changed(done, invitation = null) {
    this.#message.textContent = done;
    this.#invitation.hidden = !invitation;
    if (invitation) {
      this.#invitation.replaceChildren(
        make("p", {}, `Send this link to ${invitation.name} alone. It works once, within a week: with it they choose their password.`),
        buildCopy(invitation.path, invitation.name),
      );
    }
    this.#draw(await loadMembers());
    this.onChange();
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    this.#message.classList.remove("wrong");
    try {
      await act();
    } catch (error) {
      this.#message.textContent = error.message;
      this.#message.classList.add("wrong");
      this.#draw(await loadMembers().catch(() => []));
    }
  }
}

/** @param {Role} chosen */
function buildRoles(chosen) {
  const choice = make(
    "select",
    {},
    ...Object.entries(ROLES).map(([role, what]) =>
      make("option", { value: role, title: what }, role),
    ),
  );
  choice.value = chosen;
  return choice;
}

/**
 * @param {HTMLSelectElement} choice
 * @returns {Role}
 */
function readRole({ value }) {
  if (value === "reviewer" || value === "curator" || value === "admin") return value;
  throw new Error(`There is no role ${value}.`);
}

/** @param {Role} role */
const tellRole = (role) => (role === "admin" ? "an admin" : `a ${role}`);

/** @param {string} iso */
export const tellTime = (iso) =>
  new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
