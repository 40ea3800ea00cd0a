// Review: images under review, the queue of them, and the page as its parts know it.

import type { KeyMap } from "../desra_studio/ui/static/shared/key_map.js";
import type { ReviewDocument } from "../desra_studio/ui/static/review/document.js";
import type { Looks } from "../desra_studio/ui/static/review/canvas/looks.js";
import type { Probe } from "../desra_studio/ui/static/review/canvas/probe.js";
import type { Deeds } from "../desra_studio/ui/static/review/deeds.js";
import type { Detector } from "../desra_studio/ui/static/review/detector/detector.js";
import type { Attempts } from "../desra_studio/ui/static/review/journal/attempts.js";
import type { Comparison } from "../desra_studio/ui/static/review/journal/comparison.js";
import type { Journal } from "../desra_studio/ui/static/review/journal/journal.js";
import type { Settings } from "../desra_studio/ui/static/review/keys/settings_dialog.js";
import type { Claims } from "../desra_studio/ui/static/review/queue/claims.js";
import type { Queue } from "../desra_studio/ui/static/review/queue/queue.js";
import type { Kinds } from "../desra_studio/ui/static/review/regions/kinds.js";
import type { Regions } from "../desra_studio/ui/static/review/regions/regions.js";
import type { Toolbox } from "../desra_studio/ui/static/review/tools/toolbox.js";
import type { Detected } from "../desra_studio/ui/static/review/detector/detected.js";
import type { Box, DetectedRegion, Point, Region, Size, Span, Tile } from "./masks";
import type { FocusedPage, KeyedAction, Stored } from "./shared";
import type { Drawing, Press, View } from "./viewer";

export type { Press, View };

export type State = "unreviewed" | "in progress" | "accepted" | "clean" | "skipped";

/** A saved mask. */
export interface Revision extends Stored {
  number: number;
  author: string;
  origin: string;
  /** How it was made: blind, corrected, detected, imported or consensus. */
  made_by: string;
  area_px: number;
  note: string;
  /** A time, as ISO 8601 has it. */
  saved_at: string;
}

/** The settings of the detector; of the two limits of the area one counts. */
export interface DetectorSettings {
  contrast_threshold: number;
  area_threshold: number;
  area_share: number | null;
  window_size: number;
  kernel_px: number;
  dilations: number;
  class_weights: string;
  direction: string;
}

/** What the detector found, as it is stored. */
export interface Detection extends Stored {
  map_sha: string | null;
  labels_sha: string | null;
  params: DetectorSettings;
  regions: DetectedRegion[];
  segmentation: string;
}

/** How many people are asked for a mask of their own, and how many gave one. */
export interface Opinions {
  wanted: number;
  given: number;
}

/** A person's opinion of an image; its mask is only told to whom it may be shown. */
export interface Opinion {
  author: string;
  state: State | null;
  area_px: number | null;
  /** The id of its mask, and the hash of that. */
  revision: number | null;
  sha: string | null;
}

/** How far opinions agree: intersections over unions of their masks, 0 to 1. */
export interface Agreement {
  mean: number;
  pairs: { authors: string[]; iou: number }[];
}

/** What somebody may know of an image's opinions; `hidden` are the others' until one's own is given. */
export interface OpinionsTold {
  wanted: number;
  version: number;
  hidden: boolean;
  given: Opinion[];
  agreement: Agreement | null;
}

/** A saved mask in the list of an image's: whether it counts now, and whether it is one's own. */
export interface ListedRevision extends Revision {
  current: boolean;
  mine: boolean;
}

/** An image under review, as the server describes it. */
export interface ImageRecord {
  id: number;
  name: string;
  width: number;
  height: number;
  state: State;
  /** Of its label: counts up with every save and verdict. */
  version: number;
  gan: Stored;
  /** What GAN-SR is compared with. */
  mse: Stored;
  /** What people call that: "MSE-SR", "LR enlarged". */
  reference: string;
  lr: { sha: string; width: number; height: number } | null;
  fine_tuned: (Stored & { model: string })[];
  revision: Revision | null;
  /** Whether it is labelled blind, so that nothing of the detector is told before the save. */
  veiled: boolean;
  detection: Detection | null;
  opinions: OpinionsTold | null;
  draft: { base_version: number; updated_at: string } | null;
}

/** What saving a mask changes of the record. */
export type SavedLabel = Pick<ImageRecord, "version" | "state" | "revision">;

/** What reviewers say about a component. */
export interface Label {
  kind: string | null;
  severity: number | null;
  note: string;
}

/** A label as it is saved: of the component over a px. */
export interface RegionLabel extends Label {
  x: number;
  y: number;
}

/** A label of an image as it was before a deed; `own` where each person has one. */
export interface EarlierLabel {
  image: number;
  version: number;
  before: number;
  state: State;
  revision: number | null;
  own?: boolean;
}

/** An image that a change of many left as it was, and why. */
export interface SkippedImage {
  id: number;
  name: string;
  why: string;
}

/** What became of a change of many images; `earlier` are the labels that it took the place of. */
export interface ChangeReport {
  done: number;
  skipped: SkippedImage[];
  earlier: EarlierLabel[];
}

/** Why somebody is to look at an image again. */
export interface Flag {
  id: number;
  source: string;
  note: string;
}

/** A row of the queue; figures are null where nothing tells them. */
export interface QueueItem {
  id: number;
  name: string;
  state: State;
  /** Labelled blind: nothing of the detector is told yet. */
  veiled: boolean;
  regions: number | null;
  area_share: number | null;
  annotator: string | null;
  assigned_to: string | null;
  severity: number | null;
  kinds: string[];
  classes: number[];
  flags: Flag[];
  uncertainty: number | null;
  disagreement: number | null;
  dissent: number | null;
  opinions: Opinions | null;
  claimed_by: string | null;
}

/** A page of the queue; `position` is that of the image around which it was asked for. */
export interface QueuePage {
  total: number;
  offset: number;
  position: number | null;
  items: QueueItem[];
}

export type Order = "name" | "area" | "uncertainty" | "disagreement" | "dissent" | "flagged";

/** What the queue lists, in the words of the address; "" asks for nothing. */
export interface Filters {
  state: State[];
  kind: string;
  severity: string;
  area_min: string;
  area_max: string;
  annotator: string;
  assigned: string;
  class: string;
}

export interface Asked {
  filters: Filters;
  order: Order;
}

/** A filter in force, in words; for states, the value that it is about. */
export interface Chip {
  key: keyof Filters;
  text: string;
  value?: State;
}

/** Images that a change is about: these, or all that pass a filter but some. */
export type ChosenImages = { images: number[] } | { filter: Partial<Filters>; except: number[] };

/** An image that somebody else works on. */
export interface HeldImage {
  id: number;
  claimed_by: string;
}

/** How far an annotator is, in images. */
export interface AnnotatorProgress {
  name: string;
  accepted: number;
  clean: number;
  skipped: number;
  in_progress: number;
  assigned: number;
  drafts: number;
}

/** How far a dataset is. */
export interface Progress {
  images: number;
  states: Record<State, number>;
  annotators: AnnotatorProgress[];
  kinds: { name: string; images: number }[];
  classes: { index: number; name: string; images: number }[];
}

/** An item of the list of components that a reviewer goes through. */
export interface ComponentItem {
  /** What the detector says of it, with box and area as they are. */
  region: Region;
  /** What is in the mask, or, where nothing of it is, what was detected. */
  spans: Span[];
  /** What keeping it marks: all that was detected. */
  whole: Span[];
  /** Whether anything of it is in the mask. */
  kept: boolean;
}

/** The figures of the set with a verdict on a component; null where nothing counts. */
export interface VerdictFigures {
  iou: number | null;
  precision: number | null;
  recall: number | null;
  images: number;
}

/** What either verdict on a component does to the figures of the set. */
export interface Attribution {
  before: VerdictFigures;
  accepted: VerdictFigures;
  rejected: VerdictFigures;
  images: number;
}

/** The component under review. */
export interface Chosen {
  document: ReviewDocument;
  detected: Detected | null;
  /** The item of the list; null for what was painted and taken out, which is in none. */
  item: ComponentItem | null;
  region: Region;
  spans: Span[];
  whole: Span[];
  kept: boolean;
  /** A px of it. */
  point: Point;
  effect: Attribution | string;
  /** Of the saved mask that the effect is about. */
  version?: number;
  /** What is shown of its label, and what of that was set here. */
  label: Label;
  change: Partial<Label>;
  /** Resolves to whether the saved label is known. */
  ready: Promise<boolean>;
}

/** The kinds of a dataset's artifacts, how many labels have each, and those of a new dataset. */
export interface KindsAnswer {
  kinds: string[];
  used: Record<string, number>;
  usual: string[];
}

/** A verdict, or a change of many images, that can be taken back. */
export interface Deed {
  labels: EarlierLabel[];
  /** How many images it is about. */
  number: number;
  done: (number: number) => string;
  undone: (number: number) => string;
  /** Show what became of the labels that were to come back. */
  after: (answer: ChangeReport, again: boolean) => unknown;
  /** Stands before what is said of it. */
  name?: string;
  /** Takes it back in the place of the server's `take-back`. */
  send?: (() => Promise<ChangeReport>) | null;
  /** When it was done; set by the log. */
  at?: number;
}

/** Something that keys of the page do; `hold` lasts as long as its key is held. */
export interface Action extends KeyedAction {
  title: string;
  group: string;
  /** Actions of one row stand in one of the sheet of keys. */
  row?: string;
  /** Not again while its key is held down. */
  once?: boolean;
  run?: (event: KeyboardEvent) => unknown;
  hold?: (held: boolean) => unknown;
}

/** A tool of the canvas; points are in image px. */
export interface Tool {
  id: string;
  label: string;
  key: string;
  /** Its setting. */
  setting?: "size" | "tolerance";
  /** It moves the view, and does nothing else. */
  pans?: boolean;
  /** Its cursor tells whether it adds or subtracts. */
  subtracts?: boolean;
  press?(document: ReviewDocument, point: Point, event: Press): void;
  move?(document: ReviewDocument, point: Point, event: Press): void;
  /** Tells whether the mask changed. */
  release?(document: ReviewDocument, point: Point | null, event: Press): boolean;
  /** Drop what is not in the mask yet. */
  cancel?(document: ReviewDocument | null): void;
  /** Hear of every key before the page does; tells whether it took it. */
  keys?(document: ReviewDocument, key: string): boolean;
  /** Tells whether it used the wheel. */
  wheel?(document: ReviewDocument, point: Point, event: WheelEvent): boolean;
  /** Draw what is seen before it is in the mask. */
  draw(context: CanvasRenderingContext2D, view: View, pane: Size, pointer: Point | null): void;
}

/** What a press of a tool does: it adds or subtracts. */
export type Sign = "+" | "−";

/** How many panes there are, and by that number, the ids of the views that they show. */
export interface Layout {
  count: number;
  views: Record<number, string[]>;
}

/** How a picture is drawn; `divider` is the share of the width at the left of a slider. */
export interface DrawOptions {
  divider: number;
  /** What differences are multiplied by. */
  gain: number;
  /** Counts what was loaded since it was first drawn. */
  arrived: number;
  /** Let it be drawn again: some of it is not there yet. */
  invalidate: () => void;
}

/** How pictures are shown: `curve` has what each value is shown as; null is as it is. */
export interface Look {
  gain: number;
  curve: Uint8ClampedArray | null;
}

/** What draws itself through a view; answers what is to be said beside its name, if anything. */
export interface Drawn {
  draw(context: Drawing, view: View, pane: Size, options: DrawOptions): string | void;
}

/** What the panes ask the page, and tell it. */
export interface CanvasHost {
  /** The tool in use. */
  tool(): Tool;
  opacity(): number;
  maskShown(): boolean;
  look(): Look;
  /** Whether nothing may be painted. */
  locked(): boolean;
  onPress(): void;
  onGesture(): void;
  onEdit(): void;
  onPick(point: Point): void;
  onPoint(point: Point | null): void;
  onLayout(layout: Layout): void;
  /** Draw over a pane that shows the view with an id. */
  decorate(context: CanvasRenderingContext2D, id: string, view: View, pane: Size): void;
}

/** A panel at the right, that a tab shows. */
export interface AsidePanel {
  id: string;
  title: string;
  element: HTMLElement;
}

/** Elements of a part, by where they stand; see layout.js. */
export interface Slots {
  tools?: HTMLElement[];
  aside?: AsidePanel[];
  corner?: HTMLElement[];
  rows?: HTMLElement[];
  stage?: HTMLElement[];
  bottom?: HTMLElement[];
  top?: HTMLElement[];
}

/** A part of the page; review.js says what each of it is for. */
export interface Part {
  actions?: Action[];
  slots?: Slots;
  pointer?: [gesture: string, does: string][];
  /** Why the mask has to stay as it is. */
  freezes?: string | null;
  /** Say that, where it is more than a sentence. */
  sayFrozen?(): void;
  start?(): void;
  show?(document: ReviewDocument): void;
  leave?(document: ReviewDocument): void;
  edited?(document: ReviewDocument): void;
  refresh?(): void;
  cancel?(): void;
  settle?(): Promise<unknown>;
  asideShown?(id: string): void;
  decorate?(context: CanvasRenderingContext2D, id: string, view: View, pane: Size): void;
}

/** What parts are told. */
export type Told = "start" | "show" | "leave" | "edited" | "refresh" | "cancel" | "decorate";

/** The elements of the page that are no part's. */
export interface PageElements {
  position: HTMLElement;
  name: HTMLElement;
  state: HTMLElement;
  /** Says whether the mask is saved. */
  saved: HTMLElement;
  message: HTMLElement;
  maskHidden: HTMLInputElement;
  saveButton: HTMLButtonElement;
  undoButton: HTMLButtonElement;
  redoButton: HTMLButtonElement;
  /** Buttons of the verdicts. */
  verdicts: HTMLButtonElement[];
  /** The slider of how opaque the mask is drawn. */
  opacity: HTMLInputElement;
  /** What cannot be used while the mask has to stay as it is. */
  editors: HTMLElement[];
  showAside(id: string): void;
}

/** The page as its parts know it. */
export interface ReviewPage extends FocusedPage, PageElements {
  root: HTMLElement;
  dataset: number;
  /** The image that is open; none before the first, and while one is read again. */
  document: ReviewDocument | null;
  actions: Action[];
  keyMap: KeyMap<Action>;
  attempts: Attempts;
  claims: Claims;
  comparison: Comparison;
  deeds: Deeds;
  detector: Detector;
  journal: Journal;
  kinds: Kinds;
  looks: Looks;
  queue: Queue;
  regions: Regions;
  settings: Settings;
  toolbox: Toolbox;
  panes: {
    element: HTMLElement;
    document: ReviewDocument | null;
    host: CanvasHost;
    layout: Layout;
    /** There once an image was shown. */
    view: View;
    pane: Size;
    pointer: Point | null;
    gesture: unknown;
    all: { view: string | null }[];
    /** The view that all panes show while a key is held. */
    instead: string | null;
    /** Counts what was loaded since it was first drawn. */
    arrived: number;
    /** Who hears of every frame that was drawn. */
    followers: Set<() => void>;
    gestures: {
      moveTo(point: Point, event: object): void;
      begin(event: object): void;
      finish(event: object): void;
    };
    invalidate(): void;
    lookAt(point: Point): void;
    pan(dx: number, dy: number): void;
    showInstead(id: string | null): void;
    showNextLayout(): void;
    step(direction: number): void;
    reveal(box: Box): void;
    show(document: ReviewDocument | null): void;
    toggleActualSize(): void;
  };
  parts: Part[];
  probe: Probe;
  /** Whether the mask cannot be changed now. */
  locked: boolean;
  /** Whether an image loads, or is about to go. */
  loading: boolean;
  busy: boolean;
  open(image: number): Promise<void>;
  reload(givingUp?: boolean): Promise<void>;
  save(): Promise<boolean>;
  /** Go to the next image, or the one before. */
  step(offset: number): Promise<void>;
  accept(): Promise<void>;
  judge(state: State): Promise<void>;
  toggleMask(): void;
  toggleZoom(): void;
  undo(again?: boolean, isHeld?: boolean): Promise<void>;
  inTurn(act: () => unknown): Promise<void>;
  afterEdit(): void;
  describe(): void;
  /** Say something; with nothing to say, what the image is about. */
  say(text: string, wrong?: boolean, ...links: (Node | string)[]): void;
  sayFrozen(): boolean;
  /** Call a method of all parts that have it. */
  tell<Method extends Told>(
    method: Method,
    ...values: Parameters<NonNullable<Part[Method]>>
  ): void;
}

/** What unsaved work starts from: the version it is saved against, and the mask of that. */
export interface Base {
  version: number;
  sha: string | null;
}

/** What is said of the unsaved work on an image, as the journal keeps it; times are in ms. */
export interface WorkFacts {
  /** Under which it is kept. */
  key: string;
  image: number;
  name: string;
  user: string;
  width: number;
  height: number;
  base: Base;
  /** Names of the last drafts that were sent. */
  sent: string[];
  actions: number;
  from: number | null;
  at: number | null;
  draftedAt: number | null;
  isUnderWay: boolean;
}

/** What an action changed: tiles as run lengths. */
export interface WorkEntry {
  key: string;
  serial: number;
  at: number | null;
  tiles: { index: number; runs: Uint8Array }[];
}

/** What is kept of the work on an image; entries are the oldest first. */
export interface KeptWork {
  work: WorkFacts;
  snapshot: Uint8Array;
  entries: WorkEntry[];
}

/** Where work is kept. */
export interface WorkStore {
  put(
    work: WorkFacts,
    parts: { entry?: WorkEntry | null; snapshot?: Uint8Array | null },
  ): Promise<void>;
  load(key: string): Promise<KeptWork | null>;
  drop(key: string): Promise<void>;
}

/** A task of the journal's worker: what it is given and what it answers. */
export interface CodecTasks {
  check: { value: object; result: boolean };
  load: { value: { key: string }; result: { work: WorkFacts; mask: Uint8Array } | null };
  record: {
    value: { work: WorkFacts; runs: Uint8Array | null; tiles: Tile[] };
    result: unknown;
  };
  describe: { value: { work: WorkFacts }; result: unknown };
  rebase: { value: { work: WorkFacts; tiles: Tile[] }; result: unknown };
  drop: { value: { key: string }; result: unknown };
  pack: { value: { key: string }; result: { name: string; body: ArrayBuffer } | null };
}
