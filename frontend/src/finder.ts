// The lists of models and of tasks: search and filters, at once and kept in the address. Without
// this script the same form asks the server; see `web/views/finder.py` for the same rules.
import { startPage } from "./pages";
import { data, fill, make, plain, searchTest, sizeIn } from "./dom";
import { chip } from "./labels";

interface Facts {
  /** Filter -> the places in `names` of what each row has. */
  columns: Record<string, number[][]>;
  names: string[];
  size: (number | null)[];
  /** Row -> its former names, which are searched and not shown. */
  also: Record<string, string>;
}

type Test = (row: number) => boolean;
type Control = HTMLInputElement | HTMLSelectElement;

const facts = data<Facts>("facts");
const form = document.querySelector("form[data-finder]") as HTMLFormElement;
const table = document.querySelector("main table") as HTMLTableElement;
const rows = [...(table.tBodies[0]?.rows ?? [])];
// See `text` and `also` of the rows in `web/views/finder.py`.
const searched = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => "searched" in head.dataset);
const texts = rows.map((row, place) => plain([...row.cells].filter((_, column) => searched[column]).map((cell) => cell.textContent).concat(facts.also[place] ?? "").join(" ")));
const controls = [...form.elements].filter((one): one is Control => "name" in one && one.name !== "");
const found = form.querySelector("output") as HTMLOutputElement;
const badge = form.querySelector(".count") as HTMLElement;
const chips = form.querySelector(".set-filters") as HTMLElement;

function sizeTest(name: string, text: string): Test | null {
  const limit = sizeIn(text);
  if (limit === null) return null;
  return (row) => {
    const size = facts.size[row];
    return size != null && (name === "min" ? size >= limit : size <= limit);
  };
}

function testOf(control: Control): Test | null {
  const text = control.value.trim();
  if (!text) return null;
  if (control.name === "q") {
    const test = searchTest(text);
    return (row) => test(texts[row] ?? "");
  }
  const column = facts.columns[control.name];
  if (!column) return sizeTest(control.name, text);
  const wanted = text.split("~").map((value) => facts.names.indexOf(value));
  return (row) => wanted.some((value) => column[row]?.includes(value));
}

function apply(): void {
  const tests = controls.map(testOf).filter((test) => test !== null);
  let left = 0;
  rows.forEach((row, index) => {
    row.hidden = !tests.every((test) => test(index));
    if (!row.hidden) left += 1;
  });
  const words = form.dataset;
  const some = fill(words["shown"] ?? "", { n: left, all: rows.length });
  found.textContent = left === rows.length ? "" : left ? some : (words["nothing"] ?? "");
  const active = controls.filter((one) => one.name !== "q" && one.value.trim());
  badge.hidden = chips.hidden = !active.length;
  badge.textContent = String(active.length);
  chips.replaceChildren(...active.map(chipOf));
}

/** A button that removes a filter. */
function chipOf(control: Control): HTMLButtonElement {
  const button = chip(form, control.name, control.value.trim(), chips.dataset["remove"] ?? "");
  button.addEventListener("click", () => {
    control.value = "";
    changed(true);
    (chips.querySelector("button") ?? form.querySelector("summary"))?.focus();
  });
  return button;
}

/** The address that names what is chosen. */
function address(): string {
  const query = new URLSearchParams();
  for (const control of controls) if (control.value.trim()) query.set(control.name, control.value.trim());
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : "");
}

/** Set a control; a list of several values, which only an address names, becomes one more choice. */
function choose(control: Control, value: string): void {
  if (control instanceof HTMLSelectElement && value && ![...control.options].some((one) => one.value === value)) {
    control.append(make("option", value.split("~").join(", "), { value }));
  }
  control.value = value;
}

function changed(remember: boolean): void {
  apply();
  if (remember) history.pushState(null, "", address());
  else history.replaceState(null, "", address());
}

function readAddress(): void {
  const query = new URLSearchParams(location.search);
  for (const control of controls) choose(control, query.get(control.name) ?? "");
  apply();
}

startPage();
form.addEventListener("input", (event) => {
  if ((event.target as Control).name === "q") changed(false);
});
form.addEventListener("change", (event) => {
  if ((event.target as Control).name !== "q") changed(true);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  (form.querySelector("details") as HTMLDetailsElement).open = false;
  apply();
});
form.querySelector("[data-reset]")?.addEventListener("click", (event) => {
  event.preventDefault();
  for (const control of controls) control.value = "";
  changed(true);
});
addEventListener("popstate", readAddress);
readAddress();
