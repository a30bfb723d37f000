// The formats that a table is copied and saved in. Loaded when they are asked for.
export { parquet } from "./parquet";

/** The cells as a Markdown table. */
export function markdown(cells: string[][]): string {
  const line = (some: string[]): string => `| ${some.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const [head = [], ...rest] = cells;
  const rule = head.map((_, place) => (place === 1 ? "---" : "---:"));
  return [line(head), line(rule), ...rest.map(line)].join("\n");
}

/** The cells as a LaTeX table. */
export function latex(cells: string[][]): string {
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
export function csv(cells: string[][]): string {
  const safe = (text: string): string => (text === "–" ? "" : isFormula(text) ? `'${text}` : text);
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return cells.map((line) => line.map((text) => field(safe(text))).join(",")).join("\r\n") + "\r\n";
}
