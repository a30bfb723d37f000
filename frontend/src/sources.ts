// Tables whose scores say where they come from: a click on a cell, or Enter, opens a card. Arrow
// keys move between cells, so that a row has one tab stop. The card is loaded when it is first
// asked for.

import { beside, isCombined } from "./keys";

const KINDS = ["mean", "type", "group", "task", "language"] as const;

interface Card {
  show: (table: HTMLTableElement, address: string) => void;
}

/** The page about a cell's number; null for a cell that is no number of results. */
function addressOf(table: HTMLTableElement, cell: HTMLTableCellElement): string | null {
  const base = cell.parentElement?.querySelector<HTMLAnchorElement>("a.src")?.href;
  const head = table.tHead?.rows[0]?.cells[cell.cellIndex];
  if (!base || !head) return null;
  if (cell.querySelector("a.src")) return base;
  const kind = KINDS.find((one) => head.classList.contains(one));
  const key = head.dataset["k"];
  if (!kind || !key) return head.matches(".s, .r") ? base : null;
  const address = new URL(base);
  address.searchParams.set(kind, key);
  return address.href;
}

function focusIn(cell: HTMLElement | undefined | null): void {
  if (!cell) return;
  const inner = cell.querySelector<HTMLElement>("a, button");
  if (!inner) cell.tabIndex = -1;
  (inner ?? cell).focus();
}

/** The next row that is shown, below (1) or above (-1). */
function rowFrom(table: HTMLTableElement, row: HTMLTableRowElement, step: number): HTMLTableRowElement | undefined {
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((one) => one === row || one.offsetParent);
  return rows[rows.indexOf(row) + step];
}

function move(table: HTMLTableElement, event: KeyboardEvent): void {
  const cell = (event.target as Element).closest<HTMLTableCellElement>("tbody td, tbody th");
  const row = cell?.parentElement as HTMLTableRowElement | undefined;
  if (!cell || !row || isCombined(event)) return;
  const to = beside([...row.cells], cell);
  if (event.key in to) focusIn(to[event.key]);
  else if (event.key === "ArrowDown") focusIn(rowFrom(table, row, 1)?.cells[cell.cellIndex]);
  else if (event.key === "ArrowUp") focusIn(rowFrom(table, row, -1)?.cells[cell.cellIndex]);
  else if (event.key === "Enter" && event.target === cell) open(table, cell, event);
  else return;
  event.preventDefault();
}

function open(table: HTMLTableElement, cell: HTMLTableCellElement, event: Event): void {
  const address = addressOf(table, cell);
  const module = table.dataset["cells"];
  if (!address || !module) return;
  event.preventDefault();
  focusIn(cell);
  const there = new URL(module, location.href).href;
  import(there).then(
    (card: Card) => card.show(table, address),
    () => location.assign(address),
  );
}

function onClick(table: HTMLTableElement, event: MouseEvent): void {
  const target = event.target as Element;
  const cell = target.closest<HTMLTableCellElement>("tbody td");
  const link = target.closest("a, button");
  if (!cell || (link && !link.matches("a.src")) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!link && getSelection()?.toString()) return;
  open(table, cell, event);
}

/** Make the cells of a table say where their numbers come from. */
export function sources(table: HTMLTableElement): void {
  // Without scripts these links are tab stops of their own.
  table.querySelectorAll<HTMLElement>("a.src").forEach((link) => (link.tabIndex = -1));
  table.addEventListener("click", (event) => onClick(table, event));
  table.addEventListener("keydown", (event) => move(table, event));
}
