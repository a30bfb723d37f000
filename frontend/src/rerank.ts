// Customize the ranking; the numbers come from `/v1/rank`.
import { ask } from "./ask";
import { byId, fill, make } from "./dom";
import { PICKS, type State } from "./state";
import { facts, setup, words } from "./facts";
import { dressWith, rows, sent, table, type Row } from "./table";

interface Ranked {
  rank: number;
  model: string;
  experiments: Record<string, unknown> | null;
  coverage: { tasks: number; tasksTotal: number };
  meanTask: number | null;
  meanTaskType: number | null;
  scoresByTaskType: Record<string, number>;
  /** Of a row that lacks a task: the means over those that it has. */
  completed?: { tasks: number; tasksTotal: number; meanTask: number | null; meanTaskType: number | null };
}

interface Ranking {
  tasks: string[];
  /** Some benchmarks show private tasks without counting them. */
  countedTasks?: string[];
  taskTypes: string[];
  rows: Ranked[];
}

interface Benchmark {
  languages: string[];
  taskTypes: string[];
  domains: string[];
  tasks: string[];
}

type Column = {
  key: string;
  label: string;
  value: (row: Ranked) => number | null;
  partial?: (row: Ranked) => number | null | undefined;
};

/** As `_KEY` of `web/views/board.py`. */
const KEY = 500;
const firstScore = sent.heads.findIndex((head) => head.classList.contains("s"));
const start = firstScore < 0 ? sent.heads.length : firstScore;
const labels = new Map(sent.heads.map((head) => [head.dataset["k"] ?? "", head.textContent?.trim() ?? ""]));

/** How rows look as the server sent them. */
export function asSent(row: Row): void {
  row.element.replaceChildren(...(sent.cells[row.index] ?? []));
}

/** Back to the board as the server sent it. */
export function restore(): null {
  const line = table.tHead?.rows[0];
  line?.replaceChildren(...sent.heads);
  dressWith(asSent);
  byId("asked").hidden = true;
  return null;
}

/** Ask for the ranking that `state` picks and show it; the rows that take part. */
export async function rerank(state: State, signal: AbortSignal): Promise<ReadonlySet<Row> | null> {
  const query = new URLSearchParams({ benchmark: setup.name });
  for (const name of PICKS) for (const value of state.picks[name]) query.append(name, value);
  if (state.lenient) query.set("policy", "lenient");
  say(words["waiting"] ?? "");
  const ranking = await ask<Ranking>("rank", query, signal);
  if (typeof ranking === "string") {
    restore();
    say(fill(words["failed"] ?? "", { why: ranking }));
    return null;
  }
  const kept = draw(ranking);
  const what = [...PICKS.flatMap((name) => state.picks[name]), words[state.lenient ? "lenient" : "strict"] ?? ""];
  const counted = ranking.countedTasks?.length ?? ranking.tasks.length;
  const asked = fill(words["asked"] ?? "", { tasks: counted, all: setup.tasks, what: what.join(", "), order: words["order"] ?? "" });
  const uncounted = ranking.tasks.length - counted;
  const left = fill(words["private"] ?? "", { n: uncounted });
  say(uncounted ? `${asked} ${left}` : asked);
  return kept;
}

function say(text: string): void {
  const line = byId("asked");
  line.hidden = false;
  const place = line.querySelector("span");
  if (place) place.textContent = text;
}

function columnsOf(ranking: Ranking): Column[] {
  const columns: Column[] = [
    { key: "mean_task", label: labels.get("mean_task") ?? words["mean"] ?? "", value: (row) => row.meanTask, partial: (row) => row.completed?.meanTask },
    { key: "mean_task_type", label: labels.get("mean_task_type") ?? "", value: (row) => row.meanTaskType, partial: (row) => row.completed?.meanTaskType },
    ...ranking.taskTypes.map((type) => ({
      key: type,
      label: labels.get(type) ?? type,
      value: (row: Ranked) => row.scoresByTaskType[type] ?? null,
    })),
  ];
  return columns.filter((column) => column.label);
}

/** The key of a row: the server writes 1.0 where a script writes 1, and cuts long parameters. */
function keyOf(name: string): string {
  const place = name.indexOf("#");
  if (place < 0) return name;
  try {
    return name.slice(0, place + 1) + JSON.stringify(JSON.parse(name.slice(place + 1))).slice(0, KEY);
  } catch {
    return name.slice(0, place + 1 + KEY);
  }
}

function draw(ranking: Ranking): ReadonlySet<Row> {
  const columns = columnsOf(ranking);
  const byName = new Map(rows.map((row) => [keyOf(row.name), row]));
  const line = table.tHead?.rows[0];
  line?.replaceChildren(
    ...sent.heads.slice(0, start).map((head) => head.cloneNode(true)),
    ...columns.map((column) => make("th", column.label, { scope: "col", class: `s ${width(column.label)}`, "data-k": column.key })),
  );
  const kept = new Map<Row, Ranked>();
  for (const ranked of ranking.rows) {
    const extra = ranked.experiments ? `#${JSON.stringify(ranked.experiments)}` : "";
    const row = byName.get(keyOf(ranked.model + extra));
    if (row) kept.set(row, ranked);
  }
  const values = (of: (ranked: Ranked) => number | null): (number | null)[] =>
    rows.map((row) => {
      const ranked = kept.get(row);
      return ranked ? of(ranked) : null;
    });
  const shown = (value: number | null): number | null => (value === null ? null : Math.round(value * 1e4) / 100);
  const known = new Map(columns.map((column) => [column.key, values((ranked) => shown(column.value(ranked)))]));
  known.set("rank", values((ranked) => ranked.rank));
  known.set("covered", values((ranked) => ranked.coverage.tasks));
  dressWith((row) => {
    const ranked = kept.get(row);
    if (ranked) drawRow(row, ranked, columns);
  }, known);
  return new Set(kept.keys());
}

function drawRow(row: Row, ranked: Ranked, columns: Column[]): void {
  const before = (sent.cells[row.index] ?? []).slice(0, start).map((cell) => cell.cloneNode(true) as HTMLElement);
  const [rank] = before;
  const covered = before[before.length - 1];
  const number = rank?.lastChild;
  if (number) number.textContent = String(ranked.rank);
  delete rank?.dataset["b"]; // of the board, not of this ranking
  const { tasks, tasksTotal } = ranked.coverage;
  if (covered) {
    (covered.firstElementChild ?? covered).textContent = `${tasks}/${tasksTotal}`;
    covered.classList.toggle("part", tasks < tasksTotal);
  }
  const cells = columns.map((column) => {
    const value = column.value(ranked);
    const partial = column.partial?.(ranked);
    if (value === null && typeof partial === "number") return partialCell(partial, ranked);
    if (value === null) return make("td", "–", { class: "no", title: words["no_result"] ?? "" });
    return make("td", (value * 100).toFixed(2));
  });
  row.element.replaceChildren(...before, ...cells);
}

/** A mean over the tasks that a model has, with how many they are. */
function partialCell(mean: number, ranked: Ranked): HTMLTableCellElement {
  const cell = make("td", `${(mean * 100).toFixed(2)} `, { class: "half", title: words["no_result"] ?? "" });
  cell.append(make("small", `${ranked.completed?.tasks ?? 0}/${ranked.completed?.tasksTotal ?? 0}`));
  return cell;
}

/** The same widths as the server gives: see `Column.width`. */
function width(label: string): string {
  const letters = (word: string): number => [...word].reduce((sum, sign) => sum + (sign >= "\u2e80" ? 1.5 : 1), 0);
  const longest = Math.max(...label.split(/[\s-]/).map(letters));
  return longest > 10 ? "w3" : longest > 6 ? "w2" : "w1";
}

/** Fill the panel with what this board can be ranked by; once, when it is first opened. */
export async function fillPanel(panel: HTMLElement, state: State): Promise<void> {
  if (panel.dataset["filled"]) return;
  panel.dataset["filled"] = "1";
  const bench = await ask<Benchmark>(`benchmarks/${encodeURIComponent(setup.name)}`);
  if (typeof bench === "string") {
    delete panel.dataset["filled"];
    return say(fill(words["failed"] ?? "", { why: bench }));
  }
  panel.querySelector("datalist")?.append(...bench.languages.map((value) => make("option", "", { value })));
  const lists = { types: bench.taskTypes, domains: bench.domains, tasks: bench.tasks };
  for (const [name, values] of Object.entries(lists)) {
    const place = panel.querySelector(`[data-list="${name}"]`);
    const picked = new Set(state.picks[name as keyof typeof lists]);
    place?.append(
      ...values.map((value) => {
        const label = make("label");
        const box = make("input", "", { type: "checkbox", name, value });
        box.checked = picked.has(value);
        label.append(box, labels.get(value) ?? value);
        return label;
      }),
    );
  }
}

/** How many models are on the board in all. */
export const total = facts.name.length;
