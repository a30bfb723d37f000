// What pages have that are no table of a board: sorting and searching of plain tables, copying, hints on charts.
import { fetchAhead } from "./ahead";
import { common } from "./common";
import { compare, copy, make, numberIn, plain, searchTest, type Value } from "./dom";

/** Start what every page has, and what a board's table does without. */
export function startPage(): void {
  common();
  fetchAhead();
  document.querySelectorAll<HTMLTableElement>("table[data-sortable]").forEach(sortable);
  document.querySelectorAll<HTMLInputElement>("input[data-search]").forEach(searchable);
  document.querySelectorAll<HTMLInputElement>("input[data-hide]").forEach(hiding);
  document.querySelectorAll<HTMLElement>("[data-copy-text]").forEach(copyable);
  document.querySelectorAll<HTMLElement>("figure").forEach(hints);
}

function cellValue(row: HTMLTableRowElement, column: number): Value {
  const text = row.cells[column]?.textContent?.trim() ?? "";
  if (text === "–" || text === "?") return null;
  return /^\d{4}-\d\d/.test(text) ? text : (numberIn(text) ?? text.toLowerCase());
}

function sortable(table: HTMLTableElement): void {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((head, column) => {
    if (head.querySelector("a")) return;
    const button = make("button", "", { class: "sort", type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const numeric = head.classList.contains("n") || head.classList.contains("s");
      const descending = before ? before === "ascending" : numeric;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const body = table.tBodies[0];
      if (!body) return;
      const keyed = [...body.rows].map((row) => ({ row, key: cellValue(row, column) }));
      keyed.sort((a, b) => compare(a.key, b.key, descending));
      body.append(...keyed.map((one) => one.row));
    });
  });
}

function searchable(input: HTMLInputElement): void {
  const table = input.closest("main")?.querySelector("table");
  const rows = [...(table?.tBodies[0]?.rows ?? [])];
  const texts = rows.map((row) => plain(row.textContent ?? ""));
  input.addEventListener("input", () => {
    const test = searchTest(input.value);
    rows.forEach((row, index) => (row.hidden = !test(texts[index] ?? "")));
  });
}

/** A box that hides the rows of one class. */
function hiding(box: HTMLInputElement): void {
  const rows = document.querySelectorAll<HTMLElement>(`tr.${box.dataset["hide"] ?? ""}`);
  box.addEventListener("change", () => rows.forEach((row) => (row.hidden = box.checked)));
}

function copyable(button: HTMLElement): void {
  const source = button.previousElementSibling;
  button.addEventListener("click", () => {
    void copy(source?.textContent ?? "", button, "✓");
  });
}

/** A hint beside the dot under the pointer or the focus; without it, the dot's title does. */
function hints(figure: HTMLElement): void {
  const hint = make("div", "", { class: "tip", hidden: "" });
  figure.append(hint);
  // The hint takes the place of the titles of rows.
  figure.querySelectorAll<HTMLElement>("tr[title]").forEach((row) => {
    row.dataset["said"] = row.title;
    row.removeAttribute("title");
  });
  const show = (event: Event): void => {
    const target = event.target as Element;
    const row = target.closest("tr");
    const dot = target.closest(".d, circle") ?? (row ?? target.closest("a"))?.querySelector(".d, circle");
    const said = dot?.querySelector("title")?.textContent ?? row?.dataset["said"] ?? "";
    hint.hidden = !said;
    if (!dot || !said) return;
    hint.textContent = said;
    const box = dot.getBoundingClientRect();
    const frame = figure.getBoundingClientRect();
    const left = Math.min(box.right - frame.left + 8, frame.width - hint.offsetWidth - 4);
    hint.style.left = `${Math.max(4, left) + figure.scrollLeft}px`;
    const above = box.top - frame.top - hint.offsetHeight - 4;
    hint.style.top = `${above < 0 ? box.bottom - frame.top + 6 : above}px`;
  };
  figure.addEventListener("pointerover", show);
  figure.addEventListener("focusin", show);
  figure.addEventListener("pointerleave", () => (hint.hidden = true));
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hint.hidden = true;
  });
}
