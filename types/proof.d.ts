// Proof: what a fine-tuning changed, in figures and component by component.

import type { Size } from "./masks";
import type { Stored } from "./shared";

export type Fate = "new" | "still_there" | "fainter" | "unseen" | "changed" | "gone" | "kept";

/** What a witness says of an artifact; the shares that are left may be above 1. */
export interface WitnessWord {
  witness: string;
  fate: Fate;
  area_left: number;
  depth_left: number;
}

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
  /** Of an artifact that people accepted. */
  words: WitnessWord[];
  /** The witnesses that find a new one. */
  found_by: string[];
  /** With the original GAN-SR, of a control: 1 is the same. */
  likeness: number | null;
}

export type FigureName =
  | "removal_rate"
  | "addition_rate"
  | "variance_ratio_outside"
  | "psnr_outside"
  | "ssim_outside"
  | "sharpness_kept"
  | "detail_kept"
  | "edges_kept";

type Interval = [low: number, high: number];

/** What one witness says of all artifacts; of those it saw, each is gone, fainter or still there. */
export interface Witness {
  name: string;
  title: string;
  /** When it says that one is gone, in a sentence. */
  asks: string;
  /** Whether a loss of the run asked for what it measures. */
  trained_on: boolean;
  seen: number;
  gone: number;
  fainter: number;
  still_there: number;
  added: number;
  removal_rate: number | null;
  removal_interval: Interval | null;
}

/** What should have stayed: rejected components, and those of images without an artifact. */
export interface Controls {
  components: number;
  changed: number;
  clean_images: number;
}

/** Of the three outputs, in grey levels. */
export interface Levels {
  gan: number | null;
  after: number | null;
  mse: number | null;
}

/** A proof as it is stored; null is what cannot be told. */
export type ProofFigures = { [Name in FigureName]?: number | null } & {
  removal_interval?: Interval | null;
  addition_interval?: Interval | null;
  /** Images with components that lack until both rates have an interval. */
  images_wanting?: number;
  iou_before?: number | null;
  iou_after?: number | null;
  /** Share of the first by which it fell. */
  iou_fall?: number | null;
  /** Name of the strictest witness; "" where none saw anything. */
  headline: string;
  /** Artifacts that a witness saw; each is removed, fainter or still there. */
  before_components: number;
  removed: number;
  fainter: number;
  still_there: number;
  added: number;
  /** Artifacts that no witness saw. */
  unseen: number;
  /** The strictest first, those that were trained on last. */
  witnesses: Witness[];
  controls: Controls;
  noise: Levels;
  images: number;
  /** What GAN-SR of the dataset is compared with, as people call it. */
  reference?: string;
  held_out: boolean;
  /** Whether people have said what is an artifact. */
  reviewed: boolean;
  bounds?: { [Name in FigureName]?: number };
  warnings?: string[];
};

/** What a blinded study says of the fine-tuned model against the one that it was made from. */
export interface VoterWord {
  study_id: number;
  study: string;
  question: string;
  /** Of the votes for the fine-tuned model. */
  share: number;
  interval: Interval | null;
  votes: number;
  voters: number;
  images: number;
}

/** A proof with all components that it is about, what to look at first first. */
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
  voters?: VoterWord[];
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

/** Where the page tells a figure: of what was to go, of the rest, or folded. */
export type FigureGroup = "artifacts" | "outside" | "more";

/** A row of the figures: `bound` is a sentence or ""; `held` is null where nothing can be told. */
export interface ShownFigure {
  key: FigureName;
  group: FigureGroup;
  title: string;
  tip: string;
  text: string;
  interval: string;
  bound: string;
  held: boolean | null;
  scale: FigureScale | null;
}

/** A witness as a bar: parts as shares of the artifacts that there are; `rest` tells what is not gone. */
export interface ShownWitness {
  title: string;
  tip: string;
  text: string;
  parts: { fate: Fate; share: number; text: string }[];
  rest: string;
  /** Of the share that is gone; "" where there is none. */
  interval: string;
  headline: boolean;
  trainedOn: boolean;
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
