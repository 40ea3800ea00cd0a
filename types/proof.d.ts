// Proof: what a fine-tuning changed, in figures and component by component.

import type { Size } from "./masks";
import type { Stored } from "./shared";

export type Fate = "new" | "unchanged" | "fixed";

/** A fine-tuning as the page lists it; `proving` tells of a proof that is made again just now. */
export interface ProofRun {
  id: number;
  status: string;
  message: string;
  dataset_id: number;
  dataset: string;
  model_id: number | null;
  model: string | null;
  proven: boolean;
  /** Why there is no proof. */
  note: string;
  proving: { message: string } | null;
}

/** An image of a proof, with its outputs before and after. */
export interface ProofImage extends Size {
  id: number;
  name: string;
  gan: Stored;
  after: Stored;
  mse: Stored;
}

/** What became of a component; its box in px, and a px of it near its middle. */
export interface ProofComponent {
  image_id: number;
  fate: Fate;
  x: number;
  y: number;
  w: number;
  h: number;
  area_px: number;
  centre: [x: number, y: number];
}

export type FigureName =
  | "removal_rate"
  | "addition_rate"
  | "variance_ratio_outside"
  | "psnr_outside"
  | "ssim_outside"
  | "sharpness_kept";

type Interval = [low: number, high: number];

/** A proof as it is stored, maybe by an earlier version; null is what cannot be told. */
export type ProofFigures = { [Name in FigureName]?: number | null } & {
  removal_interval?: Interval | null;
  addition_interval?: Interval | null;
  iou_before?: number | null;
  iou_after?: number | null;
  before_components: number;
  removed: number;
  added: number;
  images: number;
  held_out: boolean;
  bounds?: { [Name in FigureName]?: number };
  warnings?: string[];
};

/** A proof with all components that it is about, the new ones first. */
export interface ProofView {
  /** Id of the fine-tuning. */
  run: number;
  model: string;
  dataset_id: number;
  images: ProofImage[];
  components: ProofComponent[];
  proof: ProofFigures;
  /** Whether the components were sent back. */
  flagged: boolean;
}

/** The side of a bound that is wrong. */
export type BadSide = "above" | "below";

/** Places on a scale as shares of its length, null where there is none; its ends in words. */
export interface FigureScale {
  from: string;
  to: string;
  value: number | null;
  low: number | null;
  high: number | null;
  bound: number | null;
  bad: BadSide | null;
}

/** A row of the figures: `bound` is a sentence or ""; `held` is null where nothing can be told. */
export interface ShownFigure {
  key: FigureName;
  title: string;
  tip: string;
  text: string;
  interval: string;
  bound: string;
  held: boolean | null;
  scale: FigureScale | null;
}

/** What the panes show: a component, and the others of its image. */
export interface ProofDocument extends Size {
  component: ProofComponent;
  others: ProofComponent[];
}

/** Which components are walked through, all where `fate` is null, and the place in them, from 0. */
export interface WalkPlace {
  run: number | string;
  dataset?: number | null;
  fate?: Fate | null;
  place?: number;
}
