// Who works here, what was done by whom, and how the server is.

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

export interface LatestJob {
  id: number;
  kind: string;
  status: "queued" | "running" | "done" | "failed" | "cancelled";
  message: string;
  /** ISO. */
  created_at: string;
  /** ISO; null for one that has not ended. */
  finished_at: string | null;
  has_log: boolean;
}

export interface ServerView {
  versions: Record<string, string>;
  database: string;
  /** Bytes. */
  disk: { free: number; total: number; parts: Record<string, number> };
  /** Newest first. */
  jobs: LatestJob[];
}

/** The end of what a job printed. */
export interface JobLog {
  lines: string[];
}
