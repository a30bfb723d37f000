// The board's table: its rows, its columns, and which of them are shown in which order.
import { byId, compare, later, make, numberIn, plain, type Value } from "./dom";
import { facts, type Facts } from "./facts";
import { scale } from "./shades";

export interface Row {
  readonly element: HTMLTableRowElement;
  readonly index: number;
  readonly name: string;
  readonly search: string;
}

export interface SortKey {
  column: string;
  descending: boolean;
}

export const table = byId<HTMLTableElement>("board");
const body = table.tBodies[0] as HTMLTableSectionElement;

/** All rows as the server sent them; those below the first screens are not laid out yet. */
export const rows: Row[] = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")].map((element, index) => {
  const shown = element.cells[1]?.textContent?.trim() ?? "";
  // A name that its row shows is not sent twice.
  const name = (facts.name[index] ||= shown);
  return { element, index, name, search: plain(shown) };
});

/** The headings as they are now. */
export function heads(): HTMLTableCellElement[] {
  return [...(table.tHead?.rows[0]?.cells ?? [])];
}

/** The headings and cells as the server sent them, to read from and to go back to. */
export const sent = { heads: heads(), cells: rows.map((row) => [...row.element.cells]) };

const FACTS = ["zero", "dims", "tokens", "open", "covered"] as const;
const known = new Map<string, Value[]>();
const dressed = new Set<Row>();
let finish: (row: Row) => void = () => undefined;

/** What every row gets at last before it is shown. */
export function finishWith(how: (row: Row) => void): void {
  finish = how;
}

function ready(row: Row): HTMLTableRowElement {
  // The server hides what the filters of an address leave out.
  row.element.hidden = false;
  if (!dressed.has(row)) {
    dressed.add(row);
    finish(row);
  }
  shade(row);
  return row.element;
}

/** Of a column of scores: its place, its values, and the shade of a value. */
type Shades = [number, Value[], (value: number) => number];
const SHADE = /\s*\bh\d\b/;
/** More columns than this are shaded after the rows were painted. */
const MANY = 30;
let shades: Shades[] = [];
let shaded = new Set<Row>(rows);
/** The rows that the shades compare: all, as the server sent them, until others are shown. */
let compared = rows.map((row) => row.index).join();

function shade(row: Row): void {
  if (shaded.has(row)) return;
  shaded.add(row);
  for (const [place, all, step] of shades) {
    const cell = row.element.cells[place];
    const value = all[row.index];
    if (!cell || typeof value !== "number") continue;
    const dark = step(value);
    cell.className = `${cell.className.replace(SHADE, "")}${dark ? ` h${dark}` : ""}`.trim();
  }
}

/** From now on shades compare the rows in view; each row gets its own when it is put into the page. */
function shadeBy(order: Row[]): void {
  const now = order.map((row) => row.index).sort((a, b) => a - b).join();
  if (now === compared) return;
  compared = now;
  const columns = heads().flatMap((head, place) => (head.classList.contains("s") ? [[place, head.dataset["k"] ?? ""] as const] : []));
  const begin = (): void => {
    shaded = new Set();
    shades = columns.map(([place, key]) => {
      const all = values(key);
      return [place, all, scale(order.map((row) => all[row.index] as number | null))];
    });
  };
  if (columns.length <= MANY) return begin();
  const more = (from: number): void => {
    if (now !== compared) return;
    if (!from) begin();
    order.slice(from, from + CHUNK).forEach(shade);
    if (from + CHUNK < order.length) later(() => more(from + CHUNK));
  };
  later(() => more(0));
}

/** The value of every row in a column. */
export function values(column: string): Value[] {
  let found = known.get(column);
  if (!found) {
    found = read(column);
    known.set(column, found);
  }
  return found;
}

function read(column: string): Value[] {
  if (column === "name") return rows.map((row) => row.search);
  const place = sent.heads.findIndex((head) => head.dataset["k"] === column);
  // Sizes are shown rounded.
  if (column === "params" || (place < 0 && FACTS.includes(column as "zero"))) return facts[column as "params"].map((value) => (column === "zero" && Number(value) < 0 ? null : value));
  // A mean over some of the tasks is shown, but it is not compared with whole ones.
  return sent.cells.map((cells) => (cells[place]?.classList.contains("half") ? null : numberIn(cells[place]?.textContent ?? "")));
}

/** What is not sent, since the rows show it, is read from them when it is first asked for. */
function derive<K extends keyof Facts>(column: K, from: () => unknown): void {
  let found: unknown;
  if (!facts[column]) Object.defineProperty(facts, column, { get: () => (found ??= from()) });
}

/** The cells of a column, as the server sent them. */
function cellsOf(column: string): (HTMLTableCellElement | undefined)[] {
  const place = sent.heads.findIndex((head) => head.dataset["k"] === column);
  return sent.cells.map((cells) => cells[place]);
}

/** Sizes in billions: they are shown rounded, and the rest is sent. */
function sizes(): Value[] {
  return cellsOf("params").map((cell, index) => {
    const shown = numberIn(cell?.textContent ?? "");
    return shown === null ? null : Math.round(shown + (facts.rest?.[index] ?? 0) * 1e6) / 1e9;
  });
}

/** Which facets of openness each row has: its cell names them in the words of the filter's boxes. */
function facets(): number[] {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('#filters [name="facets"]')];
  return cellsOf("open").map((cell) => {
    const has = cell?.title.split(";")[0]?.split(", ") ?? [];
    return boxes.reduce((bits, box, bit) => bits + (has.includes(box.parentElement?.textContent?.trim() ?? "") ? 1 << bit : 0), 0);
  });
}

for (const column of FACTS) derive(column, () => values(column));
derive("params", sizes);
derive("facets", facets);

/** Show some rows, sorted; pinned ones first. */
export function show(visible: Row[], keys: SortKey[], pins: ReadonlySet<string>): void {
  const columns = keys.map((key) => values(key.column));
  const ranks = values("rank");
  const order = [...visible].sort((a, b) => {
    const pinned = Number(pins.has(b.name)) - Number(pins.has(a.name));
    if (pinned) return pinned;
    for (const [place, key] of keys.entries()) {
      const column = columns[place];
      const result = compare(column?.[a.index] ?? null, column?.[b.index] ?? null, key.descending);
      if (result) return result;
    }
    return compare(ranks[a.index] ?? null, ranks[b.index] ?? null, false) || a.index - b.index;
  });
  current = order;
  shadeBy(order);
  place(order);
}

/** Rows are 41 pixels high, those of the few models without an owner 31. */
const LOW_ROW = 36;
const CHUNK = 60;
let current: Row[] = rows;
let turn = 0;

/** Put rows into the page: what fits the window at once, the rest after it was painted. */
function place(order: Row[]): void {
  const mine = ++turn;
  const more = (from: number): void => {
    if (from >= order.length || mine !== turn) return;
    body.append(...order.slice(from, from + CHUNK).map(ready));
    later(() => more(from + CHUNK));
  };
  if (mine === 1 && order.length === rows.length && order.every((row, index) => row.index === index)) {
    const there = body.rows.length;
    order.slice(0, there).forEach(ready);
    return later(() => more(there));
  }
  const pane = table.parentElement as HTMLElement;
  pane.scrollTop = 0;
  // The table begins below other parts of the page, or is scrolled so far that it fills the window.
  const height = innerHeight - Math.max(0, pane.getBoundingClientRect().top);
  const first = Math.max(1, Math.ceil(height / LOW_ROW));
  table.tBodies[1]?.remove();
  body.replaceChildren(...order.slice(0, first).map(ready));
  later(() => more(first));
}

/** Mark the headings that sort, and how. */
export function markHeads(keys: SortKey[]): void {
  for (const head of heads()) {
    const place = keys.findIndex((key) => key.column === head.dataset["k"]);
    head.querySelector(".order")?.remove();
    const key = keys[place];
    if (!key) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", key.descending ? "descending" : "ascending");
    if (key && keys.length > 1) head.append(make("span", String(place + 1), { class: "order" }));
  }
}

/** The table as text: headings, then the rows that are shown. */
export function shownCells(): string[][] {
  const label = (head: HTMLElement): string => (head.textContent ?? "").replace(/[↕\s]+/g, " ").trim();
  const lines = current.map((row) => [...ready(row).cells].map((cell) => (cell.textContent ?? "").trim()));
  return [heads().map(label), ...lines];
}

/** The shown rows as values: one entry for each column, numbers as numbers. */
export function shownColumns(): [string, Value[]][] {
  return heads().map((head) => {
    const column = head.dataset["k"] ?? "";
    const all = column === "name" ? facts.name : values(column);
    return [column, current.map((row) => all[row.index] ?? null)];
  });
}
