// The search and the filters above a board, whether it is shown as a table or as a chart.
import { byId, later, make, sizeIn } from "./dom";
import { setup } from "./facts";
import { checkbox } from "./filters";
import { FILTERS, SEPARATOR, read, write, type FilterName, type State } from "./state";

const search = byId<HTMLInputElement>("q");
export const filterForm = byId("filters").querySelector("form") as HTMLFormElement;

/** Call `change` with what the reader types and picks; false means not to remember each letter. */
export function listenToFilters(change: (next: Partial<State>, remember?: boolean) => void): void {
  search.addEventListener("input", () => change({ search: search.value }, false));
  filterForm.addEventListener("change", () => change({ filters: readFilters() }));
  filterForm.addEventListener("submit", (event) => event.preventDefault());
  // The controls are reset after this event. They may have been set again by then, so they are read.
  filterForm.addEventListener("reset", () => setTimeout(() => change({ filters: readFilters() })));
}

function readFilters(): State["filters"] {
  const given = new FormData(filterForm);
  const filters: State["filters"] = {};
  for (const name of FILTERS) {
    const value = given.getAll(name).map((one) => String(one).trim()).join(SEPARATOR);
    if (value && isFilter(name, value)) filters[name as FilterName] = value;
  }
  return filters;
}

/** Whether a value filters anything: what is typed as a size may be none. */
function isFilter(name: FilterName, value: string): boolean {
  return (name !== "min" && name !== "max") || sizeIn(value) !== null;
}

/** Put what the state says into the controls. */
export function showFilters(state: State): void {
  search.value = state.search;
  for (const name of FILTERS) {
    const control = filterForm.elements.namedItem(name);
    const isBox = control instanceof HTMLInputElement && control.type === "checkbox";
    if (!isBox && (control instanceof HTMLInputElement || control instanceof HTMLSelectElement)) choose(control, state.filters[name] ?? "");
  }
  filterForm.querySelectorAll<HTMLElement>("[data-choices]").forEach((place) => addMissing(place, state));
  filterForm.querySelectorAll<HTMLInputElement>('input[type="checkbox"]').forEach((box) => {
    box.checked = (state.filters[box.name as FilterName] ?? "").split(SEPARATOR).includes(box.value);
  });
}

/** Add what only the address names to the boxes of a filter, so that it is not lost. */
function addMissing(place: HTMLElement, state: State): void {
  const name = place.dataset["choices"] as FilterName;
  const there = [...place.querySelectorAll("input")].map((box) => box.value);
  const wanted = (state.filters[name] ?? "").split(SEPARATOR).filter((one) => one && !there.includes(one));
  place.append(...wanted.map((value) => checkbox(name, value, value)));
}

/** Set a control; a list of several values, which only an address names, becomes one more choice. */
function choose(control: HTMLInputElement | HTMLSelectElement, value: string): void {
  if (control instanceof HTMLSelectElement && value && ![...control.options].some((one) => one.value === value)) {
    const label = value.split(SEPARATOR).map((one) => setup.labels[one] ?? one).join(", ");
    control.append(make("option", label, { value }));
  }
  control.value = value;
}

/** Show how many filters are set. */
export function countFilters(state: State): void {
  badge("filters", FILTERS.filter((name) => state.filters[name]).length);
}

/** Show a number on a button; nothing for 0. */
export function badge(id: string, count: number): void {
  const mark = document.querySelector<HTMLElement>(`#${id} .count`);
  if (!mark) return;
  mark.hidden = count === 0;
  mark.textContent = String(count);
}

/** Take the search, the filters and the pins along to the other tabs. */
export function carry(state: State): void {
  const kept = write({ ...read(""), search: state.search, filters: state.filters, pins: state.pins }, "");
  document.querySelectorAll<HTMLAnchorElement>(".tabs a").forEach((link) => (link.search = kept));
}

/** Put an address into the history, after the page was painted: browsers take their time for it. */
export function keep(address: string, remember: boolean): void {
  later(() => (remember ? history.pushState(null, "", address) : history.replaceState(null, "", address)));
}
