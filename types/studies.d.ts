// User studies: what is asked, and what was found.

import type { JobProgress } from "./shared";

export type Kind = "choice" | "prominence";
export type StudyState = "draft" | "open" | "closed";
/** The ends of a 95 % interval, 0 to 1. */
export type Interval = [low: number, high: number];

export interface StudySystem {
  id: number;
  name: string;
  images: number;
  fine_tuned: boolean;
}

/** The rules by which voters are left out of the screened results; shares are 0 to 1. */
export interface Rules {
  min_votes: number;
  min_gold: number;
  min_gold_pass: number;
  min_repeats: number;
  max_one_side: number;
  min_median_seconds: number;
}

/** Whether a voter's gold trials suffice to screen by them; shares are 0 to 1. */
export interface Screening {
  /** Hidden checks of a voter, and the gold among them. */
  checks: number;
  gold: number;
  needed: number;
  /** Checks that lack; 0 where voters are screened. */
  missing: number;
  /** So many wrong leave a voter out. */
  wrong: number;
  /** Share left out of careful voters, and of those who click at random. */
  careful: number;
  random: number;
}

/** What can be chosen for a new study, with what is usual. */
export interface Choices {
  systems: StudySystem[];
  images: number;
  labelled: number;
  defaults: Defaults;
}

/** The settings that are numbers. */
export interface Numbers {
  window_px: number;
  controls: number;
  max_items: number;
  votes_per_pair: number;
  trials_per_voter: number;
  check_share: number;
  training: number;
  min_seconds: number;
  max_voters: number;
  seed: number;
}

export interface Defaults extends Numbers {
  title: string;
  questions: string[];
  consent: string;
  show_lr: boolean;
  rules: Rules;
}

/** What the form holds: numbers are texts as they were typed, shares in per cent. */
export type FormValues = Record<keyof Numbers | keyof Rules, string> & {
  name: string;
  title: string;
  kind: Kind;
  systems: number[];
  crops: string;
  questions: string;
  consent: string;
  show_lr: boolean;
};

/** What the server is asked to make; null is as usual. */
export type StudyOrder = Record<keyof Numbers, number | null> & {
  name: string;
  title: string | null;
  kind: Kind;
  systems: number[];
  crops: string;
  questions: string[];
  consent: string | null;
  show_lr: boolean;
  rules: Partial<Rules>;
};

/** A study in the list; `wanted` are the votes that complete it. */
export interface StudyView {
  id: number;
  name: string;
  kind: Kind;
  state: StudyState;
  voters: number;
  votes: number;
  wanted: number;
}

export interface PersonalLink {
  label: string;
  link: string;
  done: number;
  /** None before it was opened. */
  trials: number;
  /** A time, as ISO 8601 has it. */
  expires_at: string | null;
}

export interface Study extends StudyView {
  title: string;
  manifest_sha: string;
  systems: string[];
  questions: string[];
  /** How many of each kind. */
  items: Record<string, number>;
  /** So many by the open link. */
  joined: number;
  screening: Screening;
  links: { open: string; personal: PersonalLink[] };
}

/** How far the making of a study is; `study` is its id once it is made. */
export interface StudyJob extends JobProgress {
  active: boolean;
  study: number | null;
}

/** How often something was so. */
export interface Rate {
  share: number | null;
  hits: number;
  total: number;
  interval: Interval | null;
}

export interface ImageShare {
  image: string;
  image_id: number;
  share: number;
  votes: number;
  interval: Interval | null;
}

/** System `a` against system `b`; shares are those of `a`, null without votes. */
export interface Pair {
  a: string;
  b: string;
  share: number | null;
  interval: Interval | null;
  /** If votes were independent. */
  wilson: Interval | null;
  votes: number;
  unsure_rate: number | null;
  p_value: number | null;
  voters: number;
  images: number;
  /** So many more until there is an interval. */
  voters_wanting: number;
  images_wanting: number;
  /** Over images. */
  signs: { won: number; lost: number; tied: number; p_value: number | null };
  by_image: ImageShare[];
  votes_needed: number | null;
}

export interface RankedSystem {
  system: string;
  worth: number;
  interval: Interval | null;
  votes: number;
}

export interface Question {
  text: string;
  pairs: Pair[];
  ranking: RankedSystem[] | null;
}

export interface ProminentRegion extends Rate {
  image: string;
  image_id: number;
  x: number;
  y: number;
}

export type CheckName = "unsure" | "left" | "repeats" | "gold" | "identical" | "decoys";

/** Results of all votes, or of the screened ones. */
export type Results = Record<CheckName, Rate> & {
  votes: number;
  /** Krippendorff's. */
  alpha: number | null;
  questions: Question[];
  regions: ProminentRegion[];
};

/** A window in which a system lost. */
export interface Loss {
  image: string;
  image_id: number;
  x: number;
  y: number;
  system: string;
  other: string;
  question: string;
  wins: number;
  votes: number;
}

export type Side = "screened" | "raw";

export type Report = Record<Side, Results> & {
  kind: Kind;
  votes: number;
  screening: Screening;
  /** Voters who saw too few gold trials. */
  unjudged: number;
  excluded: { label: string; votes: number; reasons: string[] }[];
  losses: Loss[];
};

/** A row of a forest plot. */
export interface ForestRow {
  title: string;
  kind: "image" | "whole" | "naive";
  image: number | null;
  share: number;
  low: number | null;
  high: number | null;
  text: string;
}
