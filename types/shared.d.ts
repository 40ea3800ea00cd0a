// What every page of the studio shares.

type Written = string | number;

/** What `make` takes for an element: its properties, in texts numbers too, and attributes. */
export type Properties<Made> = {
  [Name in keyof Made]?: Made[Name] extends string ? Written : Made[Name];
} & { [attribute: `aria-${string}` | `data-${string}`]: Written };

/** What Gradio hands to a module of ours, as Python set it. */
export interface Props<Value> {
  value: Value | null;
}

/** Let a function hear whenever a property that Python may set has another value. */
export type Watch = (name: string, heard: () => void) => void;

/** Tell Python of an event. */
export type Trigger = (name: string) => void;

/** A job's progress as Python hands it over. */
export interface JobProgress {
  message: string;
  done: number;
  total: number;
  pace: string;
  status: string;
}

/** A job that runs or waits, as the navigation shows it. */
export interface RunningJob {
  kind: string;
  page: string;
  message: string;
  done: number;
  total: number;
  /** For how much longer, in words; "" where that is not known. */
  left: string;
}

/** The datasets, and how far the one that was asked for has come. */
export type Loop = {
  datasets: { id: number; name: string }[];
  jobs: RunningJob[];
} & (
  | { dataset: null; reference: null }
  | { dataset: number; reference: string; images: number; reviewed: number; accepted: number; labelled: number }
);

/** A picture that the server keeps, by the hash of its content. */
export interface Stored {
  id: number;
  sha: string;
}

/** What a route answers that refuses something. */
export interface RefusalAnswer {
  error?: string;
  /** An ending that a program appended to names, of how many, and some of them in words. */
  suffix?: string;
  pairs?: number;
  examples?: string;
  /** What GAN-SR can be compared with in the place of MSE-SR, as the server spells it -> in words. */
  references?: Record<string, string>;
  [fact: string]: unknown;
}

/** Who works here, as the server takes it. */
export type Role = "reviewer" | "curator" | "admin";

export interface User {
  /** "" where the browser told none. */
  name: string;
  author: string;
  role: Role;
  /** Whether the name is proven by a password. */
  signed_in: boolean;
  settings: Settings;
}

/** What a person set, by part of the studio. */
export type Settings = Record<string, unknown>;

/** What a keyboard event tells of its key. */
export type PressedKey = Pick<
  KeyboardEvent,
  "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey"
> & { getModifierState?: (key: string) => boolean };

/** Something that keys do, with those it comes with. */
export interface KeyedAction {
  id: string;
  keys: string[];
}

/** What a person changed: by an action's id, its keys. */
export type KeyChanges = Record<string, string[]>;

/** The page as buttons and sliders know it. */
export interface FocusedPage {
  /** Give the focus back to the page, whose keys go on working then. */
  focus(): void;
  /** Let a button do something, and hand the focus back after the mouse. */
  onClick(button: HTMLElement, act: () => unknown): void;
}
