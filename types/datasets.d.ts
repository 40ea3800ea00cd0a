// The list of datasets.

/** A dataset as the page lists it; `waiting` images are not upscaled yet. */
export interface Dataset {
  id: number;
  name: string;
  /** What GAN-SR is compared with, as people call it. */
  reference: string;
  images: number;
  waiting: number;
  reviewed: number;
  accepted: number;
}

export interface DeletedDataset {
  id: number;
  name: string;
  images: number;
  /** A time, as ISO 8601 has it. */
  deleted_at: string;
  /** "" where nobody is known. */
  deleted_by: string;
}

/** A dataset that was deleted on this page just now: its row offers the way back. */
export interface GoneDataset {
  id: number;
  name: string;
}

export type Row = (Dataset & { gone?: false }) | (GoneDataset & { gone: true });

/** What would go into the bin with a dataset, in lines. */
export interface Deletion {
  name: string;
  lines: string[];
}

/** What the fields of the detector hold: thresholds, the unit of the second, class weights. */
export type DetectorFields = [
  contrast: number | null,
  area: number | null,
  unit: string,
  weights: string,
];

/** A format that a dataset can be exported in; `suffix` is that of the file that comes. */
export interface ExportFormat {
  name: string;
  title: string;
  about: string;
  suffix: string;
  croppable: boolean;
}
