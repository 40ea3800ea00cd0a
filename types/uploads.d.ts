// Files on their way to the server.

/** A file that was chosen, and where it lies in what was chosen, with slashes. */
export interface ChosenFile {
  path: string;
  file: File;
}

/** What was chosen, ready to be sent. */
export interface Choice {
  /** Of the folder or the zip; how many files, where they are in none. */
  name: string;
  /** What its dataset is to be called, unless somebody says otherwise. */
  dataset: string;
  files: ChosenFile[];
  /** Bytes of all files. */
  size: number;
  /** How many of the system's files were left alone. */
  hidden: number;
}

/** An upload as a list has it. */
export interface UploadSummary {
  id: string;
  name: string;
  files: number;
  size: number;
  /** How many bytes are there. */
  here: number;
  whole: boolean;
}

/** An upload: how much of each file is there, and why some are not to be sent, by path. */
export interface UploadState extends UploadSummary {
  lengths: Record<string, number>;
  left_out: Record<string, string>;
}

/** Send a piece for an offset of a file; answers how much of the file is there. */
export type PutPiece = (
  path: string,
  offset: number,
  piece: Blob,
  onLoaded: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<number>;

/** What is to become a dataset of this name, or is added to one that is there. */
export interface ImportedUpload {
  id: string;
  name: string;
  into: number | null;
}
