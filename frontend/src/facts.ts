// What the server tells a board's scripts: facts of each row, the board, and the words.
import { data } from "./dom";

export interface Facts {
  name: string[];
  params: (number | null)[];
  /** In place of `params`: what a size is above the one that its row shows, in millions. */
  rest?: number[];
  dims: (number | null)[];
  tokens: (number | null)[];
  zero: number[];
  flags: number[];
  type: string[];
  /** Months since 2000; 0 if it is not known. */
  date: number[];
  licence: string[];
  /** Whether the licence allows commercial use. */
  use: string[];
  modalities: string[];
  covered: number[];
  open: number[];
  facets: number[];
  /** How many tasks a row lacks of each type whose cell names none; empty if there is no such type. */
  lacks?: number[][];
}

export interface Setup {
  name: string;
  tab: string;
  tasks: number;
  api: string;
  /** The snapshot that the page was made from; empty in a copy without a server. */
  snapshot: string;
  /** False in a copy without a server. */
  live: boolean;
  words: Record<string, string>;
  /** What readers call a kind of model or a modality. */
  labels: Record<string, string>;
}

export const facts = data<Facts>("facts");
export const setup = data<Setup>("setup");
export const words = setup.words;
