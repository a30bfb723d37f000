// What the server tells a board's scripts: facts of each row, the board, and the words.
import { data } from "./dom";

export interface Facts {
  name: string[];
  params: (number | null)[];
  dims: (number | null)[];
  tokens: (number | null)[];
  zero: number[];
  flags: number[];
  type: string[];
  date: string[];
  licence: string[];
  /** Whether the licence allows commercial use. */
  use: string[];
  modalities: string[];
  covered: number[];
  open: number[];
  facets: number[];
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
