// The scores of detectors, as Python hands them over.

/** A figure of a detector; `value`, `low` and `high` are null where nothing tells them. */
export interface Figure {
  text: string;
  interval: string;
  value: number | null;
  low: number | null;
  high: number | null;
  count: string;
}

export interface DetectorScores {
  key: string;
  name: string;
  settings: string;
  inReview: boolean;
  missing: string;
  /** Figures of blind and of other labels, each in a line. */
  apart: string[];
  figures: Figure[];
}

/** The table; `chosen` is the key of a row. */
export interface ScoresTable {
  regions?: string;
  rows: DetectorScores[];
  chosen: string | null;
  notes?: string[];
  /** How the labels were made, and what that says of the figures. */
  made?: string[];
  /** What the figures do not prove. */
  limits?: string;
}

/** A detector at one threshold; figures are null where there is nothing to count. */
export interface CurvePoint {
  threshold: number;
  iou: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  detected: number;
  manual: number;
}

/** `chosen` and `best` are indices of points; there is none before the curve was traced. */
export interface Curve {
  title: string;
  points: CurvePoint[];
  chosen?: number;
  best?: number | null;
  stale: boolean;
  busy: boolean;
  filtered: boolean;
}

/** A scored image: how many of its detected regions are right, of its manual ones found. */
export interface ScoredImage {
  id: number;
  name: string;
  state: string;
  made: string;
  iou: string;
  empty: boolean;
  detected: number;
  right: number;
  manual: number;
  found: number;
}

/** Empty before anything is scored. */
export interface ScoredImages {
  dataset: number;
  title: string;
  rows: ScoredImage[];
}
