// The table as others want it: as text, as a file, or in a frame on another page. Loaded when the panel is opened.
import { copy, make, type Value } from "./dom";
import { parquet } from "./parquet";
import { viewAddress } from "./state";

/** The table as it is shown when a button is pressed. */
export interface Shown {
  /** What the board is called. */
  name: string;
  /** What a button says when its text is on the clipboard. */
  copied: string;
  cells: () => string[][];
  columns: () => [string, Value[]][];
}

const COPIES: Record<string, (shown: Shown) => string> = {
  markdown: ({ cells }) => markdown(cells()),
  latex: ({ cells }) => latex(cells()),
  embed,
  link: viewAddress,
};

const FILES: Record<string, (shown: Shown) => Blob> = {
  csv: ({ cells }) => new Blob(["\ufeff", csv(cells())], { type: "text/csv" }),
  json: (shown) => new Blob([json(shown)], { type: "application/json" }),
  parquet: ({ columns }) => new Blob([parquet(columns())], { type: "application/vnd.apache.parquet" }),
};

/** Do what a button of the panel is for. */
export function press(button: HTMLElement, shown: Shown): void {
  const text = COPIES[button.dataset["copy"] ?? ""];
  if (text) void copy(text(shown), button, shown.copied);
  const kind = button.dataset["save"] ?? "";
  const file = FILES[kind];
  if (file) save(`${shown.name}.${kind}`, file(shown));
}

function embed({ name }: Shown): string {
  const address = new URL(location.href);
  address.searchParams.set("embed", "1");
  const frame = make("iframe", "", { src: address.href, title: name, width: "100%", height: "600", loading: "lazy" });
  return frame.outerHTML;
}

function json({ name, columns }: Shown): string {
  const shown = columns();
  const count = shown[0]?.[1].length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => Object.fromEntries(shown.map(([column, values]) => [column, values[row] ?? null])));
  return JSON.stringify({ board: name, page: location.href, rows }, null, 1);
}

function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = make("a", "", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

/** The cells as a Markdown table. */
function markdown(cells: string[][]): string {
  const line = (some: string[]): string => `| ${some.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const [head = [], ...rest] = cells;
  const rule = head.map((_, place) => (place === 1 ? "---" : "---:"));
  return [line(head), line(rule), ...rest.map(line)].join("\n");
}

/** The cells as a LaTeX table. */
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

/** The cells as CSV, safe to open in a spreadsheet. */
function csv(cells: string[][]): string {
  const safe = (text: string): string => (text === "–" ? "" : isFormula(text) ? `'${text}` : text);
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return cells.map((line) => line.map((text) => field(safe(text))).join(",")).join("\r\n") + "\r\n";
}
