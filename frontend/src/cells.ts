// The card that says where a number comes from: the page of that number, in a dialog.
import { copy, make } from "./dom";

let dialog: HTMLDialogElement | null = null;
let turn = 0;

/** The words of the card, from the table that it is opened from. */
function wordsOf(table: HTMLElement): [string, string, string, string] {
  const [close = "", page = "", failed = "", changed = ""] = table.dataset["words"]?.split("|") ?? [];
  return [close, page, failed, changed];
}

function made(table: HTMLElement): HTMLDialogElement {
  if (dialog) return dialog;
  const style = table.dataset["cellsStyle"];
  if (style) document.head.append(make("link", "", { rel: "stylesheet", href: style }));
  const found = make("dialog", "", { class: "source-card" });
  found.addEventListener("click", (event) => {
    const target = event.target as Element;
    // A click beside the card is one on the dialog itself.
    if (target === found || target.closest("[data-close]")) return found.close();
    const button = target.closest<HTMLElement>("[data-copy-text]");
    if (button) void copy(button.previousElementSibling?.textContent ?? "", button, "✓");
    const link = target.closest<HTMLAnchorElement>("a[data-here]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void load(table, link.href);
  });
  found.addEventListener("close", () => turn++);
  document.body.append(found);
  dialog = found;
  return found;
}

function bar(table: HTMLElement, address: string): HTMLElement {
  const [close, page] = wordsOf(table);
  const line = make("div", "", { class: "card-bar" });
  line.append(make("a", page, { href: address }), make("button", "×", { type: "button", "data-close": "", "aria-label": close }));
  return line;
}

async function articleAt(address: string): Promise<Element | null> {
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector(answer.ok ? "article.source" : "main");
  } catch {
    return null;
  }
}

async function load(table: HTMLElement, address: string): Promise<void> {
  const card = made(table);
  const mine = ++turn;
  card.setAttribute("aria-busy", "true");
  const found = await articleAt(address);
  if (mine !== turn) return;
  const [, page, failed, changed] = wordsOf(table);
  const body = make("div", "", { class: "card-body" });
  if (found) {
    const now = found.getAttribute("data-snapshot");
    if (now && now !== table.dataset["snapshot"]) body.append(make("p", changed, { class: "note" }));
    const heading = found.querySelector("h1");
    const title = make("h2", "", { id: "source-title", tabindex: "-1" });
    title.append(...(heading?.childNodes ?? []));
    heading?.replaceWith(title);
    body.append(document.importNode(found, true));
  } else {
    const sorry = make("p", `${failed} `, { id: "source-title" });
    sorry.append(make("a", page, { href: address }));
    body.append(sorry);
  }
  card.replaceChildren(bar(table, address), body);
  card.setAttribute("aria-labelledby", "source-title");
  card.removeAttribute("aria-busy");
  // What is read next is the number; Tab goes on to its links.
  card.querySelector<HTMLElement>("#source-title")?.focus();
}

/** Open the card for the number whose page is at `address`. */
export function show(table: HTMLTableElement, address: string): void {
  const card = made(table);
  card.replaceChildren(bar(table, address));
  card.setAttribute("aria-label", wordsOf(table)[1]);
  card.showModal();
  void load(table, address);
}
