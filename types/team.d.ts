// Who works here, and what was done by whom.

import type { Role } from "./shared";

export type Standing = "active" | "invited" | "disabled" | "no user";

export interface Member {
  name: string;
  /** null for a name that worked here before there were users. */
  role: Role | null;
  standing: Standing;
  /** Masks and opinions under the name. */
  works: number;
  /** ISO; null where no session is left. */
  signed_in: string | null;
}

/** Where somebody chooses a password, once. */
export interface Invitation {
  name: string;
  path: string;
}

export interface AuditEvent {
  id: number;
  /** ISO. */
  at: string;
  actor: string;
  action: string;
  target: string;
  status: number;
}

export interface AuditPage {
  events: AuditEvent[];
  actors: string[];
  more: boolean;
}
