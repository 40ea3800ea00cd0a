// Masks and what is in them. A mask is a Uint8Array of 0 and 1, row by row.

export interface Size {
  width: number;
  height: number;
}

/** In px of an image, from its upper left corner. */
export interface Point {
  x: number;
  y: number;
}

/** Pixels of row `y` that are alike, from `from` to `to`, which is excluded. */
export interface Span {
  y: number;
  from: number;
  to: number;
}

/** Pixels from (x0, y0) to (x1, y1), which is excluded. */
export interface Rectangle {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export type Box = [x: number, y: number, width: number, height: number];

/** What is marked in a box; its spans are in reading order. */
export interface Component {
  box: Box;
  area: number;
  spans: Span[];
}

/** A square of a mask, by its place; its pixels are row by row. */
export interface Tile {
  index: number;
  pixels: Uint8Array;
}

/** A component as the detector tells of it: how deep D goes, and how likely GAN-SR is busier. */
export interface DetectedRegion {
  box: Box;
  area: number;
  depth: number;
  /** 0 to 1; none where it is not known, as detections of earlier versions do not tell it. */
  busier?: number | null;
  painted?: false;
}

/** A component that a person painted: the detector says nothing of it. */
export interface PaintedRegion {
  box: Box;
  area: number;
  painted: true;
}

export type Region = DetectedRegion | PaintedRegion;

/** What the detector finds with some settings, as the server packs it. */
export interface LiveDetection {
  regions: DetectedRegion[];
  area_px: number;
  score: number;
  runs: Uint8Array;
}
