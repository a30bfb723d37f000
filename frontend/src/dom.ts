// Small helpers that every module uses.

/** The element with this id; throws if the page has none, which is a bug. */
export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id} on this page`);
  return found as T;
}

/** The JSON in the page under this id. */
export function data<T>(id: string): T {
  return JSON.parse(byId(id).textContent ?? "null") as T;
}

/** A new element with text. Text is never read as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = "",
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** `{name}` in a message replaced by values; `{n:# model|# models}` is singular for 1. */
export function fill(message: string, values: Record<string, string | number>): string {
  return message.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, key: string, one?: string, many?: string) => {
    const value = values[key];
    if (value === undefined) return whole;
    return one === undefined ? String(value) : ((value === 1 ? one : many) ?? "").replaceAll("#", String(value));
  });
}

/** Text as searches compare it: capitals do not count, and `_` equals `-`. */
export function plain(text: string): string {
  return text.toLowerCase().replaceAll("_", "-").replaceAll("\uff1b", ";");
}

/** A test for texts in the form of `plain`; `web/matching.py` has the same rules: `;` separates
    alternatives, and all words of one alternative must occur. */
export function searchTest(search: string): (text: string) => boolean {
  const wanted = plain(search).split(";").map((piece) => piece.split(/\s+/).filter(Boolean)).filter((words) => words.length);
  return wanted.length ? (text) => wanted.some((words) => words.every((word) => text.includes(word))) : () => true;
}

/** The number that a cell shows, with its thousands, % and units read; null if it shows none. */
export function numberIn(text: string): number | null {
  const found = /^#?([+-]?[\d,]*\.?\d+)\s*(%|[KMGBT]B?)?/.exec(text.trim());
  if (!found?.[1]) return null;
  const units: Record<string, number> = { K: 1e3, KB: 1e3, M: 1e6, MB: 1e6, B: 1e9, GB: 1e9, T: 1e12, TB: 1e12 };
  return Number(found[1].replaceAll(",", "")) * (units[found[2] ?? ""] ?? 1);
}

/** The size that a reader typed, such as `500M`, `100K` or `7`, in billions; null if it is none. */
export function sizeIn(text: string): number | null {
  const found = /^(\d+(?:[.,]\d+)?|[.,]\d+)\s*([KMBT]?)$/i.exec(text.trim());
  if (!found?.[1]) return null;
  const units: Record<string, number> = { "": 1, k: 1e-6, m: 1e-3, b: 1, t: 1e3 };
  return Number(found[1].replace(",", ".")) * (units[(found[2] ?? "").toLowerCase()] ?? 1);
}

function copyBySelection(text: string): void {
  const area = make("textarea", text, { class: "sr" });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

export type Value = number | string | null;

/** Smaller first; what is missing goes last in either direction. */
export function compare(a: Value, b: Value, descending: boolean): number {
  if (a === null || a === "") return b === null || b === "" ? 0 : 1;
  if (b === null || b === "") return -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  return descending ? -order : order;
}

/** Put text on the clipboard, and say so on the button for a moment. */
export async function copy(text: string, button: HTMLElement, done: string): Promise<void> {
  // Pages without TLS have no clipboard of their own.
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copyBySelection(text);
  const before = button.textContent;
  button.textContent = done;
  setTimeout(() => (button.textContent = before), 1500);
}

/** After the next frame was painted, and the reader did not want anything else. */
export function later(what: () => void): void {
  requestAnimationFrame(() => {
    // Safari has no idle callbacks.
    if ("requestIdleCallback" in window) requestIdleCallback(what, { timeout: 300 });
    else setTimeout(what, 1);
  });
}
