// What the reader chose, kept in the address so that it can be shared and gone back to.
import type { SortKey } from "./table";

export const FILTERS = ["min", "max", "weights", "zero", "instructions", "st", "kind", "use", "licence", "modality", "since", "coverage", "facets"] as const;
export type FilterName = (typeof FILTERS)[number];

export interface State {
  search: string;
  filters: Partial<Record<FilterName, string>>;
  sort: SortKey[];
  pins: Set<string>;
}

/** Lists in an address are separated by `~`, since names hold commas. */
export const SEPARATOR = "~";

/** The state that an address names. */
export function read(search: string): State {
  const query = new URLSearchParams(search);
  const list = (key: string): string[] => (query.get(key) ?? "").split(SEPARATOR).filter(Boolean);
  const filters: State["filters"] = {};
  const order = query.get("order");
  for (const name of FILTERS) {
    const value = query.get(name);
    if (value) filters[name] = value;
  }
  return {
    search: query.get("q") ?? "",
    filters,
    sort: list("sort").map((key) => ({ column: key.replace(/^-/, ""), descending: order ? order === "desc" : key.startsWith("-") })),
    pins: new Set(list("pin")),
  };
}

/** The address that names a state, other parameters of `search` kept. */
export function address(state: State): string {
  return location.pathname + write(state, location.search);
}

/** The query that names a state, other parameters of `search` kept; empty, or beginning with `?`. */
export function write(state: State, search: string): string {
  const query = new URLSearchParams(search);
  const put = (key: string, value: string): void => (value ? query.set(key, value) : query.delete(key));
  put("q", state.search);
  for (const name of FILTERS) put(name, state.filters[name] ?? "");
  query.delete("order");
  put("sort", state.sort.map((key) => (key.descending ? "-" : "") + key.column).join(SEPARATOR));
  put("pin", [...state.pins].join(SEPARATOR));
  const text = query.toString();
  return text && `?${text}`;
}

/** The address of the view; of the whole page, if this is a frame. */
export function viewAddress(): string {
  const address = new URL(location.href);
  address.searchParams.delete("embed");
  return address.href;
}
