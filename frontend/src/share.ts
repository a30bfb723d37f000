// The table as others want it: as text, as a file, or in a frame on another page.
import { byId, copy, make } from "./dom";
import { setup, words } from "./facts";
import { shownCells, shownColumns } from "./table";

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

type Formats = typeof import("./formats");

const COPIES: Record<string, (to: Formats) => string> = {
  markdown: (to) => to.markdown(shownCells()),
  latex: (to) => to.latex(shownCells()),
  embed,
  link: viewAddress,
};

/** Make the panel work. */
export function share(): void {
  const panel = byId("share");
  // What writes the formats comes when the panel is opened, not with the page.
  let formats: Promise<Formats> | undefined;
  const load = (): Promise<Formats> => (formats ??= import(panel.dataset["script"] ?? "") as Promise<Formats>);
  panel.addEventListener("toggle", () => void load());
  panel.addEventListener("click", (event) => {
    // The link cites the view as it is now: its address holds the state.
    const cite = (event.target as Element).closest<HTMLAnchorElement>("a[data-cite]");
    if (cite) cite.search = `?${new URLSearchParams({ of: location.pathname + location.search })}`;
    const button = (event.target as Element).closest("button");
    const make = COPIES[button?.dataset["copy"] ?? ""];
    if (button && make) void load().then((to) => copy(make(to), button, words["copied"] ?? "✓"));
    const kind = button?.dataset["save"] ?? "";
    const file = FILES[kind];
    if (file) void load().then((to) => save(`${setup.name}.${kind}`, file(to)));
  });
}

function json(): string {
  const columns = shownColumns();
  const count = columns[0]?.[1].length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])));
  return JSON.stringify({ board: setup.name, page: location.href, rows }, null, 1);
}

const FILES: Record<string, (to: Formats) => Blob> = {
  csv: (to) => new Blob(["\ufeff", to.csv(shownCells())], { type: "text/csv" }),
  json: () => new Blob([json()], { type: "application/json" }),
  parquet: (to) => new Blob([to.parquet(shownColumns())], { type: "application/vnd.apache.parquet" }),
};

function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = make("a", "", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
