// What the Fine-tune page is told.

/** A place of the dial; null where nothing was measured. */
export interface DialStop {
  title: string;
  inside_weight: number;
  contrast_inside_weight: number;
  removal: number | null;
  detail: number | null;
}

/** What a run had come to at one of its previews. */
export interface Point {
  run_id: number;
  title: string;
  iteration: number;
  is_last: boolean;
  removal: number;
  removals: Record<string, number>;
  trained_on: string[];
  detail_kept: number | null;
  sharpness_kept: number | null;
  variance_ratio: number | null;
  added: number | null;
  warnings: string[];
  is_best: boolean;
  kept_bytes: number | null;
  model_id: number | null;
  model: string | null;
}

/** A point that has a place in the plot. */
export type PlacedPoint = Point & { detail_kept: number };
