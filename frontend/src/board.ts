// A board's page: search, filters, sorting, pins and ranking again, all kept in the address.
import { beforeReload } from "./ask";
import { showChips } from "./chips";
import { common } from "./common";
import { byId, fill, make } from "./dom";
import { setup, words } from "./facts";
import { fillChoices, rowTest } from "./filters";
import { frame } from "./frame";
import { jump } from "./jump";
import { fillPanel, rerank, restore, total } from "./rerank";
import { share } from "./share";
import { PICKS, address, isReranked, read, type State } from "./state";
import { dressHeads, finishWith, heads, markHeads, rows, show, table, type Row } from "./table";
import { badge, carry, countFilters, filterForm, keep, listenToFilters, showFilters } from "./toolbar";

const NATURAL: readonly string[] = ["rank", "name"];
const texts = rows.map((row) => row.search);
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
  const test = rowTest(state, texts);
  const visible = rows.filter((row) => (!taking || taking.has(row)) && test(row.index));
  show(visible, state.sort, state.pins);
  markHeads(state.sort.length ? state.sort : [{ column: "rank", descending: false }]);
  const shown = fill(words["shown"] ?? "", { n: visible.length, all: total });
  byId("shown").textContent = visible.length ? shown : (words["nothing"] ?? "");
  carry(state);
  countFilters(state);
  showChips(state, (filters) => {
    change({ filters });
    showFilters(state);
  });
  const natural = !state.sort.length && visible.length === (taking?.size ?? rows.length);
  table.classList.toggle("placed", !natural);
  badge("rerank", PICKS.reduce((sum, name) => sum + state.picks[name].length, Number(state.lenient)));
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
  void apply();
  keep(address(state), remember);
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

/** Put what the state says into the controls. */
function showControls(): void {
  showFilters(state);
  rankForm?.querySelectorAll<HTMLInputElement>("input").forEach((input) => {
    if (input.name === "languages") input.value = state.picks.languages.join(", ");
    else if (input.name === "policy") input.checked = state.lenient;
    else input.checked = state.picks[input.name as "types"].includes(input.value);
  });
}

function listen(): void {
  table.addEventListener("click", onTable);
  listenToFilters(change);
  rankPanel?.addEventListener("toggle", () => rankForm && setup.live && void fillPanel(rankForm, state));
  rankForm?.addEventListener("submit", (event) => {
    event.preventDefault();
    (rankPanel as HTMLDetailsElement).open = false;
    readPicks(rankForm);
  });
  rankForm?.addEventListener("reset", () => setTimeout(() => readPicks(rankForm)));
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
  rank.prepend(make("button", "", { class: "pin", type: "button", "aria-pressed": pressed, "aria-label": label, tabindex: "-1" }));
  name.title = name.textContent ?? "";
}

common();
fillChoices(filterForm);
dressHeads();
finishWith(dressRow);
share();
jump();
listen();
beforeReload(() => history.replaceState(null, "", address(state)));
showControls();
byId("tools").hidden = false;
if (heads().length) void apply();
if (document.documentElement.classList.contains("embedded")) frame(table);
