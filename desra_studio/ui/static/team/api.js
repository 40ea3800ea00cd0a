// Requests about users, about what was done by whom, and about the server.

import { API, postJson, readJson } from "../shared/api.js";

/** @import { Role } from "#types/shared" */
/** @import { AuditPage, Invitation, JobLog, Member, ServerView } from "#types/team" */

/** @returns {Promise<Member[]>} */
export const loadMembers = () => readJson(`${API}/users`);

/**
 * Add a user, or make one of a name that worked here before.
 * @param {{ name: string, role: Role, adopt: boolean }} wanted
 * @returns {Promise<Invitation>}
 */
export const addMember = (wanted) => postJson(`${API}/users`, wanted);

/**
 * @param {string} name
 * @param {{ role?: Role, disabled?: boolean }} change
 * @returns {Promise<Member[]>}
 */
export const changeMember = (name, change) =>
  readJson(`${API}/users/${encodeURIComponent(name)}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(change),
  });

/**
 * @param {string} name
 * @returns {Promise<Invitation>}
 */
export const inviteAgain = (name) =>
  postJson(`${API}/users/${encodeURIComponent(name)}/invitation`, {});

/**
 * @param {{ before?: number, actor?: string }} wanted
 * @returns {Promise<AuditPage>}
 */
export function loadAudit({ before, actor }) {
  const query = new URLSearchParams();
  if (before !== undefined) query.set("before", String(before));
  if (actor) query.set("actor", actor);
  return readJson(`${API}/audit?${query}`);
}

/** @returns {Promise<ServerView>} */
export const loadServer = () => readJson(`${API}/server`);

/**
 * @param {number} id
 * @returns {Promise<JobLog>}
 */
export const loadJobLog = (id) => readJson(`${API}/runs/${id}/log`);
