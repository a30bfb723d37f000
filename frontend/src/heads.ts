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

/** Leave one control of the headings in the tab order: the one that had the focus last, or the first one if a
    narrower layout hides that. */
export function oneStop(table: HTMLTableElement): void {
  let chosen: HTMLElement | undefined;
  const choose = (next: HTMLElement | undefined): void => {
    chosen = next;
    controls(table).forEach((one) => (one.tabIndex = one === chosen ? 0 : -1));
  };
  choose(controls(table)[0]);
  table.tHead?.addEventListener("focusin", (event) => choose(event.target as HTMLElement));
  table.tHead?.addEventListener("keydown", (event) => move(table, event));
  // Columns that come and go change the width of the headings.
  const keep = (): void => void (chosen?.offsetParent || choose(controls(table).find((one) => one.offsetParent)));
  if (table.tHead) new ResizeObserver(keep).observe(table.tHead);
}
