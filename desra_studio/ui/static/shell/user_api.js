// Requests about who works here.

import { putJson, readJson, request } from "../shared/api.js";

/** @import { Settings, User } from "#types/shared" */

/**
 * Who the server takes this browser for: { name, author, settings }.
 * @returns {Promise<User>}
 */
export const loadUser = () => readJson("/studio/api/user");

/**
 * Keep what a person set, in the place of what was kept.
 * @param {Settings} settings
 */
export const saveUserSettings = (settings) => putJson("/studio/api/user", { settings });

/**
 * Change the password of whoever is signed in.
 * @param {string} old
 * @param {string} fresh
 */
export const changePassword = (old, fresh) =>
  request("/studio/api/user/password", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ old, new: fresh }),
  });
