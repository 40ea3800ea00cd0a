// Requests about who works here.

import { putJson, readJson } from "../shared/api.js";

/** Who the server takes this browser for: { name, author, settings }. */
export const loadUser = () => readJson("/studio/api/user");

/** Keep what a person set, in the place of what was kept. */
export const saveUserSettings = (settings) => putJson("/studio/api/user", { settings });
