// What panes show of an image, and how the pointer works on them.

import type { Box, Point, Rectangle, Size } from "./masks";

/** Which part of an image a pane shows: the px in its middle, and screen px per image px. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

/** Where something lies in an image, in px. */
export interface Place extends Point, Size {}

/** What can be drawn on: a pane, or what is not seen. */
export type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** What can be drawn of an image, and let go. */
export type Pixels = ImageBitmap | OffscreenCanvas;

/** A tile as it is drawn; `image` is null or missing while it is not there. */
export interface PlacedTile {
  /** "level/column_row". */
  key: string;
  place: Place;
  image?: ImageBitmap | null;
}

/** A tile that is made here; `changed` is what is to be brought up to date. */
export interface MadeTile {
  bounds: Rectangle;
  place: Place;
  changed: Rectangle | null;
  /** What whoever draws it made of it: a mask has a fill and an edge, all else a canvas. */
  fill?: OffscreenCanvas;
  edge?: OffscreenCanvas;
  canvas?: OffscreenCanvas;
}

/** [red, green, blue], each 0 to 255. */
export type Colour = number[];

/** Red, green and blue, each 0 to 255. */
export type Rgb = [red: number, green: number, blue: number];

/** How pictures are shown: brighter by so many stops, and what contrast and gamma are multiplied by. */
export interface Adjustment {
  exposure: number;
  contrast: number;
  gamma: number;
}

/** What a mask is painted with: packed colours, and by pixel which of them it has; null is the first. */
export interface MaskInk {
  fills: Uint32Array;
  kinds: Uint8Array | null;
}

/** A part of an image: RGBA bytes, row by row, and where it lies. */
export interface Excerpt extends Size {
  data: Uint8ClampedArray;
  left: number;
  top: number;
}

/** What a pixel is made of: the first pixel, and the weights from there on. */
export interface Taps {
  first: number;
  weights: number[];
}

/** What the workers that make pixels are given, and what they answer. */
export interface PixelJobs {
  decode: { value: Blob; result: ImageBitmap[] };
  enlarge: {
    value: { source: Excerpt; size: Size; factor: Point; tile: Rectangle };
    result: ImageBitmap;
  };
}

/** What a picture may ask for while it is drawn. */
export interface DrawOptions {
  /** Draw again, as more of the picture is there. */
  invalidate: () => void;
}

/** What draws itself through a view, and answers what is to be said of it. */
export interface Picture {
  draw(context: Drawing, view: View, pane: Size, options: DrawOptions): string | undefined | void;
}

/** What a pane shows, or why it does not; undefined is nothing. */
export type PaneContent = Picture | string | undefined;

/** GAN-SR, MSE-SR, or what another model made of an image. */
export interface Rendition extends Size {
  /** What it takes of the memory. */
  bytes: number;
  draw(
    context: Drawing,
    view: View,
    pane: Size,
    options?: Partial<DrawOptions>,
  ): string | undefined;
  /** Copy pixel by pixel to a canvas's origin; tells whether all of it was there. */
  copy(context: Drawing, place: Place): boolean;
  /** Undefined where it is not there. */
  read(x: number, y: number): Colour | undefined;
}

/** A component with a box around it; `busier` is that of the detector. */
export interface Outlined {
  box: Box;
  busier?: number | null;
}

export interface ViewerOptions<Shown extends Size = Size> {
  /** The only ones there are, ascending; by default all. */
  scales?: number[] | null;
  /** The view as it may be; see geometry.js. */
  keep?: (view: View, image: Size, pane: Size) => View;
  /** The view to begin with, by default the whole image. */
  home?: (document: Shown, pane: Size) => View;
}

/** What a tool hears of the pointer; keys that stand for it tell the same. */
export type Press = Pick<PointerEvent, "altKey" | "clientX" | "clientY" | "timeStamp"> &
  Partial<Pick<PointerEvent, "buttons" | "pointerType" | "pressure">>;

/** What begins a gesture: a pointer, or keys that stand for one. */
export type PointerPress = Press & { pointerId: number | string };

/** What the pointer works with; points are in image px. */
export interface PointerTool<Shown> {
  /** It moves the view, and does nothing else. */
  pans?: boolean;
  press?(document: Shown, point: Point, event: Press): void;
  move?(document: Shown, point: Point, event: Press): void;
  /** Tells whether it changed what is shown; without an event where it was cut short. */
  release?(document: Shown, point: Point | null, event?: Press): boolean;
  cancel?(document: Shown | null): void;
  /** Tells whether it used the wheel. */
  wheel?(document: Shown, point: Point, event: WheelEvent): boolean;
}

/** What the pointer does, and where it was last, in px of CSS. */
export interface Gesture<Shown> {
  tool: PointerTool<Shown> | null;
  id: number | string;
  x: number;
  y: number;
}

/** Says which tool is in use, and hears of what the pointer does. */
export interface GestureHost<Shown> {
  tool(): PointerTool<Shown>;
  /** Whether nothing may be painted. */
  locked(): boolean;
  onPress(canvas: HTMLCanvasElement): void;
  onGesture?(): void;
  onEdit(): void;
  /** A point was clicked with Ctrl. */
  onPick?(point: Point | null): void;
  onPoint(point: Point | null): void;
  /** Whether the wheel scrolls the page. */
  leavesWheel?(event: WheelEvent): boolean;
}

/** What panes of plain images ask whoever shows them. */
export interface PanesHost {
  /** A pane is pressed. */
  onPress?(canvas: HTMLCanvasElement): void;
  /** A frame was drawn. */
  onDraw?(): void;
  /** Draw over a picture. */
  decorate?(context: CanvasRenderingContext2D, id: string, view: View, pane: Size): void;
  /** Whether the wheel scrolls the page. */
  leavesWheel?(event: WheelEvent): boolean;
  /**
   * How far to the right of its middle a pane shows the view, with so many px of room beside the
   * image.
   */
  findLean?(index: number, room: number): number;
}
