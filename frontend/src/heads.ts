// The headings of a table as one tab stop: a wide board has hundreds of links and buttons there.
// Arrow keys move between them, and Down goes to the rows.

import { beside, isCombined } from "./keys";

/** Everything in the headings that can be pressed and is shown. */
function controls(table: HTMLTableElement): HTMLElement[] {
  return [...(table.tHead?.querySelectorAll<HTMLElement>("a, button") ?? [])];
}

function below(table: HTMLTableElement): HTMLElement | undefined {
  const links = [...table.querySelectorAll<HTMLElement>("tbody th a")];
  return links.find((one) => one.offsetParent);
}

function move(table: HTMLTableElement, event: KeyboardEvent): void {
  const from = (event.target as Element).closest<HTMLElement>("thead a, thead button");
  if (!from || isCombined(event)) return;
  const to: Record<string, HTMLElement | undefined> = { ...beside(controls(table), from), ArrowDown: below(table) };
  if (!(event.key in to)) return;
  event.preventDefault();
  to[event.key]?.focus();
}

/** Leave one control of the headings in the tab order: the one that had the focus last. */
export function oneStop(table: HTMLTableElement): void {
  const choose = (chosen: Element | undefined): void => controls(table).forEach((one) => (one.tabIndex = one === chosen ? 0 : -1));
  choose(controls(table)[0]);
  table.tHead?.addEventListener("focusin", (event) => choose(event.target as Element));
  table.tHead?.addEventListener("keydown", (event) => move(table, event));
}
