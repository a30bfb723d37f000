// Links of older boards on a copy without a server, which cannot read the query.
import { fill } from "./dom";

interface Known {
  boards: Record<string, string>;
  tables: Record<string, Record<string, string>>;
}

const PARAMETERS = ["benchmark_name", "task", "language"] as const;

/** A text out of HTML, with its entities; nothing in it is run or shown. */
function outOfHtml(value: string): string {
  const read = new DOMParser().parseFromString(value.replaceAll("<", "&lt;"), "text/html");
  return read.documentElement.textContent ?? value;
}

/** A value that chats, editors and HTML have encoded once more. */
function decoded(value: string): string {
  for (let times = 0; times < 3; times++) {
    try {
      const once = outOfHtml(decodeURIComponent(value));
      if (once === value) break;
      value = once;
    } catch {
      break;
    }
  }
  return value.replaceAll("+", " ").trim();
}

/** A value as it is compared; the list of links was written by the same rule. */
function plain(value: string): string {
  return decoded(value).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Where a link leads, from the front page; or the unknown value in it. */
function target(given: Map<string, string>, known: Known): { href: string } | { unknown: string } {
  const [board = "", task = "", language = ""] = PARAMETERS.map((name) => given.get(name) ?? "");
  if (plain(board)) {
    const href = known.boards[plain(board)];
    return href ? { href } : { unknown: decoded(board) };
  }
  const table = known.tables[plain(task) || "overall"];
  const href = table?.[plain(language)];
  return href ? { href } : { unknown: decoded(table ? language : task) };
}

async function follow(front: HTMLElement, given: Map<string, string>): Promise<void> {
  const answer = await fetch(front.dataset["old"] ?? "");
  if (!answer.ok) return;
  const found = target(given, (await answer.json()) as Known);
  if ("href" in found) return location.replace(found.href);
  const note = front.querySelector<HTMLElement>("[data-old-unknown]");
  if (!note) return;
  note.textContent = fill(note.textContent ?? "", { value: found.unknown });
  note.hidden = false;
}

const front = document.querySelector<HTMLElement>("[data-old]");
const given = new Map(
  [...new URLSearchParams(location.search)].map(([name, value]) => [name.replace(/^amp;/, "").toLowerCase(), value]),
);
if (front && PARAMETERS.some((name) => given.get(name))) void follow(front, given);
