// The voting page: what the server tells a voter, and what voters answer.

import type { Size } from "./masks";
import type { Kind } from "./studies";

export type Answer = "left" | "right" | "yes" | "no" | "unsure";

/** What a voter is told before and while voting. */
export interface VotingSession {
  title: string;
  kind: Kind;
  consent: string;
  state: "join" | "consent" | "running" | "done" | "closed";
}

/** A trial as a voter sees it; `lr` is an address, the outline [x, y] in px of the picture. */
export interface ShownTrial extends Size {
  /** To answer it by. */
  code: string;
  /** Whether feedback follows. */
  training: boolean;
  question: string;
  images: { url: string }[];
  lr: string | null;
  outline: [x: number, y: number][] | null;
}

/** How many trials are answered, of how many. */
export interface VotingProgress {
  done: number;
  total: number;
}

/** The first trial that is not answered, null where all are. */
export interface NextTrial extends VotingProgress {
  trial: ShownTrial | null;
  /** Addresses of pictures that come after. */
  ahead: string[];
}

/** Proof that the pictures are loaded; no answer is taken before `wait` seconds. */
export interface ShownMark {
  nonce: string;
  wait: number;
}

/** Whether an answer was right, and a sentence. */
export interface Feedback {
  right: boolean;
  text: string;
}

/** What comes of an answer. */
export interface VoteOutcome {
  feedback: Feedback | null;
  next: NextTrial;
}

/** What a screen is like: its zoom, px of it to a px of CSS, and the size of the window. */
export interface Display extends Size {
  zoom: number;
  ratio: number;
}

/** What can be said of what went wrong. */
export interface Problem {
  code?: string;
  message: string;
}
