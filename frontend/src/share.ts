// The table as others want it: Markdown, LaTeX, CSV, or a frame on another page.
import { byId, copy, make } from "./dom";
import { parquet } from "./parquet";
import { setup, words } from "./facts";
import { shownCells, shownColumns } from "./table";

function markdown(cells: string[][]): string {
  const line = (some: string[]): string => `| ${some.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const [head = [], ...rest] = cells;
  const rule = head.map((_, place) => (place === 1 ? "---" : "---:"));
  return [line(head), line(rule), ...rest.map(line)].join("\n");
}

function latex(cells: string[][]): string {
  const escaped = (text: string): string =>
    text.replace(/[\\&%$#_{}~^]/g, (sign) => (sign === "\\" ? "\\textbackslash{}" : sign === "~" || sign === "^" ? `\\${sign}{}` : `\\${sign}`));
  const [head = [], ...rest] = cells;
  const line = (some: string[]): string => `${some.map(escaped).join(" & ")} \\\\`;
  const columns = head.map((_, place) => (place === 1 ? "l" : "r")).join("");
  return [`\\begin{tabular}{${columns}}`, "\\toprule", line(head), "\\midrule", ...rest.map(line), "\\bottomrule", "\\end{tabular}"].join("\n");
}

/** Whether a spreadsheet would run a cell: =, +, -, @ (also of full width), tab and CR begin a
    formula; a number is none. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?[\d,]*\.?\d+%?$/.test(text);
}

function csv(cells: string[][]): string {
  const safe = (text: string): string => (text === "–" ? "" : isFormula(text) ? `'${text}` : text);
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return cells.map((line) => line.map((text) => field(safe(text))).join(",")).join("\r\n") + "\r\n";
}

function embed(): string {
  const address = new URL(location.href);
  address.searchParams.set("embed", "1");
  const frame = make("iframe", "", { src: address.href, title: setup.name, width: "100%", height: "600", loading: "lazy" });
  return frame.outerHTML;
}

/** The address of the view; of the whole page, if this is a frame. */
export function viewAddress(): string {
  const address = new URL(location.href);
  address.searchParams.delete("embed");
  return address.href;
}

const COPIES: Record<string, () => string> = {
  markdown: () => markdown(shownCells()),
  latex: () => latex(shownCells()),
  embed,
  link: viewAddress,
};

/** Make the panel work. */
export function share(): void {
  const panel = byId("share");
  panel.addEventListener("click", (event) => {
    // The link cites the view as it is now: its address holds the state.
    const cite = (event.target as Element).closest<HTMLAnchorElement>("a[data-cite]");
    if (cite) cite.search = `?${new URLSearchParams({ of: location.pathname + location.search })}`;
    const button = (event.target as Element).closest("button");
    const make = COPIES[button?.dataset["copy"] ?? ""];
    if (button && make) void copy(make(), button, words["copied"] ?? "✓");
    const kind = button?.dataset["save"] ?? "";
    const file = FILES[kind];
    if (file) save(`${setup.name}.${kind}`, file());
  });
}

function json(): string {
  const columns = shownColumns();
  const count = columns[0]?.[1].length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])));
  return JSON.stringify({ board: setup.name, page: location.href, rows }, null, 1);
}

const FILES: Record<string, () => Blob> = {
  csv: () => new Blob(["\ufeff", csv(shownCells())], { type: "text/csv" }),
  json: () => new Blob([json()], { type: "application/json" }),
  parquet: () => new Blob([parquet(shownColumns())], { type: "application/vnd.apache.parquet" }),
};

function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = make("a", "", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
