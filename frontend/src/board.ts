// A board's page: search, filters, sorting, pins and ranking again, all kept in the address.
import { beforeReload } from "./ask";
import { common } from "./common";
import { byId, fill, make } from "./dom";
import { fillChoices, filtered } from "./filters";
import { fillPanel, rerank, restore, total } from "./rerank";
import { share } from "./share";
import { FILTERS, PICKS, SEPARATOR, isReranked, read, write, type FilterName, type State } from "./state";
import { dressHeads, finishWith, heads, later, markHeads, rows, setup, show, table, words, type Row } from "./table";

const NATURAL: readonly string[] = ["rank", "name"];
const search = byId<HTMLInputElement>("q");
const filterForm = byId("filters").querySelector("form") as HTMLFormElement;
const rankPanel = document.getElementById("rerank");
const rankForm = rankPanel?.querySelector("form") ?? null;

let state = read(location.search);
let taking: ReadonlySet<Row> | null = null;
let asked = "";
let shownPins = "";
let waiting: AbortController | null = null;

/** Show the board as `state` wants it. */
async function apply(): Promise<void> {
  const picks = setup.live && isReranked(state) ? JSON.stringify([state.picks, state.lenient]) : "";
  if (picks !== asked) {
    asked = picks;
    waiting?.abort();
    waiting = new AbortController();
    try {
      taking = picks ? await rerank(state, waiting.signal) : restore();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      throw error;
    }
    dressHeads();
  }
  draw();
}

function draw(): void {
  const visible = filtered(state, taking);
  show(visible, state.sort, state.pins);
  markHeads(state.sort.length ? state.sort : [{ column: "rank", descending: false }]);
  const shown = fill(words["shown"] ?? "", { n: visible.length, all: total });
  byId("shown").textContent = visible.length ? shown : (words["nothing"] ?? "");
  badge("filters", FILTERS.filter((name) => state.filters[name]).length);
  badge("rerank", PICKS.reduce((sum, name) => sum + state.picks[name].length, Number(state.lenient)));
  showPins();
}

function badge(id: string, count: number): void {
  const mark = document.querySelector<HTMLElement>(`#${id} .count`);
  if (!mark) return;
  mark.hidden = count === 0;
  mark.textContent = String(count);
}

function showPins(): void {
  const pinned = [...state.pins].join();
  if (pinned === shownPins) return;
  shownPins = pinned;
  for (const row of rows) {
    const pinned = state.pins.has(row.name);
    row.element.classList.toggle("pinned", pinned);
    row.element.querySelector(".pin")?.setAttribute("aria-pressed", String(pinned));
  }
  const link = byId<HTMLAnchorElement>("compare");
  link.hidden = state.pins.size < 1 || !setup.live;
  const names = [...state.pins].map((name) => name.split("#")[0] ?? "").slice(0, 6);
  link.search = `?models=${names.map(encodeURIComponent).join(",")}`;
}

/** Take a change in: the page first, then the address. */
function change(next: Partial<State>, remember = true): void {
  state = { ...state, ...next };
  void apply();
  keep(write(state), remember);
}

/** Put an address into the history, after the page was painted: browsers take their time for it. */
function keep(address: string, remember: boolean): void {
  later(() => (remember ? history.pushState(null, "", address) : history.replaceState(null, "", address)));
}

function sortBy(column: string, several: boolean): void {
  const before = state.sort.find((key) => key.column === column);
  const others = several ? state.sort.filter((key) => key.column !== column) : [];
  const first = !NATURAL.includes(column);
  if (before && before.descending !== first) return change({ sort: others });
  const key = { column, descending: before ? !before.descending : first };
  change({ sort: column === "rank" && !before && !several ? [] : [...others, key] });
}

function onTable(event: MouseEvent): void {
  const target = event.target as Element;
  const column = target.closest(".sort")?.closest("th")?.dataset["k"];
  if (column) return sortBy(column, event.shiftKey);
  const pin = target.closest<HTMLElement>(".pin");
  const row = pin && rows.find((one) => one.element === pin.closest("tr"));
  if (!row) return;
  const pins = new Set(state.pins);
  if (!pins.delete(row.name)) pins.add(row.name);
  change({ pins });
  row.element.querySelector<HTMLElement>(".pin")?.focus();
}

function readFilters(): void {
  const given = new FormData(filterForm);
  const filters: State["filters"] = {};
  for (const name of FILTERS) {
    const value = given.getAll(name).map((one) => String(one).trim()).join(SEPARATOR);
    if (value) filters[name as FilterName] = value;
  }
  change({ filters });
}

function readPicks(form: HTMLFormElement): void {
  const given = new FormData(form);
  const all = (name: string): string[] => given.getAll(name).map(String);
  const languages = all("languages").flatMap((text) => text.split(",")).map((text) => text.trim()).filter(Boolean);
  change({
    picks: { languages, types: all("types"), domains: all("domains"), tasks: all("tasks") },
    lenient: given.get("policy") === "lenient",
  });
}

const NO_PICKS = { picks: { languages: [], types: [], domains: [], tasks: [] }, lenient: false };

/** Set a control; a list of several values, which only an address names, becomes one more choice. */
function choose(control: HTMLInputElement | HTMLSelectElement, value: string): void {
  if (control instanceof HTMLSelectElement && value && ![...control.options].some((one) => one.value === value)) {
    const label = value.split(SEPARATOR).map((one) => setup.labels[one] ?? one).join(", ");
    control.append(make("option", label, { value }));
  }
  control.value = value;
}

/** Put what the state says into the controls. */
function showControls(): void {
  search.value = state.search;
  for (const name of FILTERS) {
    const control = filterForm.elements.namedItem(name);
    if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) choose(control, state.filters[name] ?? "");
  }
  const facets = (state.filters.facets ?? "").split(SEPARATOR);
  filterForm.querySelectorAll<HTMLInputElement>('[name="facets"]').forEach((box) => (box.checked = facets.includes(box.value)));
  rankForm?.querySelectorAll<HTMLInputElement>("input").forEach((input) => {
    if (input.name === "languages") input.value = state.picks.languages.join(", ");
    else if (input.name === "policy") input.checked = state.lenient;
    else input.checked = state.picks[input.name as "types"].includes(input.value);
  });
}

function listen(): void {
  table.addEventListener("click", onTable);
  search.addEventListener("input", () => change({ search: search.value }, false));
  filterForm.addEventListener("change", readFilters);
  filterForm.addEventListener("submit", (event) => event.preventDefault());
  filterForm.addEventListener("reset", () => setTimeout(() => change({ filters: {} })));
  rankPanel?.addEventListener("toggle", () => rankForm && setup.live && void fillPanel(rankForm, state));
  rankForm?.addEventListener("submit", (event) => {
    event.preventDefault();
    (rankPanel as HTMLDetailsElement).open = false;
    readPicks(rankForm);
  });
  rankForm?.addEventListener("reset", () => setTimeout(() => change(NO_PICKS)));
  // Choosing columns keeps what else was chosen.
  document.querySelector<HTMLFormElement>("form[data-keep]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URL(location.href);
    new FormData(event.target as HTMLFormElement).forEach((value, name) => address.searchParams.set(name, String(value)));
    location.href = address.href;
  });
  // A phone leaves out the columns that describe a model, until it is asked for them.
  const columns = document.getElementById("columns");
  columns?.addEventListener("click", () => columns.setAttribute("aria-pressed", String(table.classList.toggle("all"))));
  byId("asked").querySelector("button")?.addEventListener("click", () => {
    change(NO_PICKS);
    showControls();
  });
  addEventListener("popstate", () => {
    state = read(location.search);
    showControls();
    void apply();
  });
}

/** Give a row its pin. */
function dressRow(row: Row): void {
  const [rank, name] = row.element.cells;
  if (!rank || !name) return;
  const pressed = String(state.pins.has(row.name));
  const there = rank.querySelector(".pin");
  if (there) return there.setAttribute("aria-pressed", pressed);
  const label = fill(words["pin"] ?? "", { name: row.search });
  rank.prepend(make("button", "", { class: "pin", type: "button", "aria-pressed": pressed, "aria-label": label }));
  name.title = name.textContent ?? "";
}

common();
fillChoices(filterForm);
dressHeads();
finishWith(dressRow);
share();
listen();
beforeReload(() => history.replaceState(null, "", write(state)));
showControls();
byId("tools").hidden = false;
if (heads().length) void apply();
