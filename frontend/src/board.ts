// A board's page: search, filters, sorting and pins, all kept in the address. The server ranks.
import { showChips } from "./chips";
import { common } from "./common";
import { byId, fill, make } from "./dom";
import { facts, setup, words } from "./facts";
import { fillChoices, rowTest } from "./filters";
import { oneStop } from "./heads";
import { share } from "./share";
import { address, read, write, type State } from "./state";
import { finishWith, heads, markHeads, rows, show, table, type Row, type SortKey } from "./table";
import { carry, countFilters, filterForm, keep, listenToFilters, showFilters } from "./toolbar";

const NATURAL: readonly string[] = ["rank", "name"];
const texts = rows.map((row) => row.search);
const rankPanel = document.getElementById("rerank");

let state = read(location.search);
let shownPins = "";

/** Show the board as `state` wants it. */
function draw(): void {
  const test = rowTest(state, texts);
  const visible = rows.filter((row) => test(row.index));
  show(visible, state.sort, state.pins);
  markHeads(state.sort.length ? state.sort : [{ column: "rank", descending: false }]);
  const shown = fill(words["shown"] ?? "", { n: visible.length, all: rows.length });
  // A board without models says so below: no filter is to blame.
  byId("shown").textContent = visible.length ? shown : rows.length ? (words["nothing"] ?? "") : "";
  carry(state);
  countFilters(state);
  showChips(state, (filters) => {
    change({ filters });
    showFilters(state);
  });
  const natural = !state.sort.length && visible.length === rows.length;
  table.classList.toggle("placed", !natural);
  showPins();
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
  draw();
  keep(address(state), remember);
}

/** What a click on a heading sorts by: as `Sorting.href` in `web/views/board_sort.py`. */
function sortBy(column: string, several: boolean): SortKey[] {
  const before = state.sort.find((key) => key.column === column);
  const others = several ? state.sort.filter((key) => key.column !== column) : [];
  const first = !NATURAL.includes(column);
  if (before && before.descending !== first) return others;
  const key = { column, descending: before ? !before.descending : first };
  return column === "rank" && !before && !several ? [] : [...others, key];
}

/** A heading is a link to the page that the server sorts; it says where the reader is now when it may be opened. */
function leadOn(event: Event): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a.sort");
  const column = link?.closest("th")?.dataset["k"];
  if (link && column) link.href = location.pathname + (write({ ...state, sort: sortBy(column, false) }, location.search) || "?");
}

function onTable(event: MouseEvent): void {
  const target = event.target as Element;
  const column = target.closest(".sort")?.closest("th")?.dataset["k"];
  if (column) {
    // Shift adds a column; other keys open the link elsewhere, as on every page.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    return change({ sort: sortBy(column, event.shiftKey) });
  }
  const pin = target.closest<HTMLElement>(".pin");
  const row = pin && rows.find((one) => one.element === pin.closest("tr"));
  if (!row) return;
  const pins = new Set(state.pins);
  if (!pins.delete(row.name)) pins.add(row.name);
  change({ pins });
  row.element.querySelector<HTMLElement>(".pin")?.focus();
}

/** The form to rank by, loaded when it is first opened. */
async function openForm(panel: HTMLElement): Promise<void> {
  const { form, script } = panel.dataset;
  if (!form || !script || panel.querySelector("form")) return;
  try {
    const { load } = (await import(script)) as typeof import("./customize");
    await load(panel, form + location.search);
  } catch (error) {
    panel.prepend(make("p", fill(words["failed"] ?? "", { why: String(error) })));
  }
}

function listen(): void {
  // Without a server nothing but this script sorts, so a copy has no links there.
  table.querySelectorAll<HTMLAnchorElement>("a.sort:not([href])").forEach((link) => (link.href = "?"));
  table.addEventListener("click", onTable);
  ["pointerdown", "focusin"].forEach((event) => table.addEventListener(event, leadOn));
  listenToFilters(change);
  rankPanel?.addEventListener("toggle", () => void openForm(rankPanel.querySelector(".panel") as HTMLElement));
  // Choosing columns keeps what else was chosen.
  document.querySelector<HTMLFormElement>("form[data-keep]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const target = new URL(location.href);
    new FormData(event.target as HTMLFormElement).forEach((value, name) => target.searchParams.set(name, String(value)));
    location.href = target.href;
  });
  // A phone leaves out the columns that describe a model, until it is asked for them.
  const columns = document.getElementById("columns");
  columns?.addEventListener("click", () => columns.setAttribute("aria-pressed", String(table.classList.toggle("all"))));
  addEventListener("popstate", () => {
    state = read(location.search);
    showFilters(state);
    draw();
  });
}

/** Where a name may break: as `rows.jointed` in `web/views`. */
const JOINTS = /(?<=_)|(?<=\.)(?!\d)|(?<=-)(?=\d)/;

/** Give the owner a line of its own; the server does so for the first rows only. */
function splitName(link: Element): void {
  const text = link.textContent ?? "";
  const cut = text.lastIndexOf("/") + 1;
  const parts = text.slice(cut).split(JOINTS).flatMap((part, place) => (place ? [make("wbr"), part] : [part]));
  link.replaceChildren(make("i", text.slice(0, cut)), ...parts);
}

/** The columns of types. */
const types = heads().flatMap((head, place) => (head.classList.contains("type") ? [place] : []));

/** Say in each cell why it is empty: of types that lack many tasks only their number is sent, and a reason that is
    that of the cell before is not sent again. */
function addReasons({ element, index }: Row): void {
  facts.lacks?.[index]?.forEach((n, type) => {
    const cell = element.cells[types[type] ?? -1];
    if (n && cell) cell.title = fill(words["lacking"] ?? "", { n });
  });
  for (const cell of element.querySelectorAll<HTMLElement>("td:is(.half, .no):not([title])")) cell.title = (cell.previousElementSibling as HTMLElement).title;
}

/** Make a row what it is with scripts: with a pin, and with what was left out to save bytes. */
function dressRow(row: Row): void {
  const [rank, name] = row.element.cells;
  if (!rank || !name) return;
  const pressed = String(state.pins.has(row.name));
  const there = rank.querySelector(".pin");
  if (there) return there.setAttribute("aria-pressed", pressed);
  const label = fill(words["pin"] ?? "", { name: row.search });
  rank.prepend(make("button", "", { class: "pin", type: "button", "aria-pressed": pressed, "aria-label": label, tabindex: "-1" }));
  name.title = name.textContent ?? "";
  const link = name.querySelector("a");
  if (link && !link.querySelector("i")) splitName(link);
  addReasons(row);
}

common();
fillChoices(filterForm);
oneStop(table);
finishWith(dressRow);
share();
listen();
showFilters(state);
byId("tools").hidden = false;
if (heads().length) draw();
