import { sources } from "./sources";
import { make } from "./dom";

const THEMES = ["", "light", "dark"] as const;

/** Start what every page has, the boards too. */
export function common(): void {
  document.querySelectorAll<HTMLElement>("[data-theme-switch]").forEach(themeSwitch);
  document.querySelectorAll<HTMLElement>(".pane").forEach(reasons);
  document.querySelectorAll<HTMLTableElement>("table[data-cells]").forEach(sources);
  // On a narrow screen the open tab may be beyond the edge. Before the next frame, so that the page is laid out once.
  requestAnimationFrame(() => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));
  document.addEventListener("click", closeOthers);
  document.addEventListener("keydown", closeOnEscape);
  document.addEventListener("keydown", findOnSlash);
  document.addEventListener("focusin", showWhole);
}

/** Scroll a table so that all of what the keyboard reached is seen: browsers leave what stands across the edge there. */
function showWhole(event: FocusEvent): void {
  const target = event.target as Element;
  // A press of the mouse must not move what it presses.
  if (target.parentElement?.closest(".pane") && target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** `/` goes to the search above every page, unless something is being typed. */
function findOnSlash(event: KeyboardEvent): void {
  const target = event.target as Element;
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea")) return;
  const field = document.querySelector<HTMLInputElement>("[data-find]");
  const link = document.querySelector<HTMLElement>(".find-link");
  if (!field) return;
  event.preventDefault();
  // A phone shows the link to the page of the search in place of the field.
  if (field.offsetParent) field.select();
  else link?.click();
}

function themeSwitch(button: HTMLElement): void {
  const root = document.documentElement;
  button.addEventListener("click", () => {
    const now = THEMES.indexOf((root.dataset["theme"] ?? "") as (typeof THEMES)[number]);
    const next = THEMES[(now + 1) % THEMES.length] ?? "";
    if (next) root.dataset["theme"] = next;
    else delete root.dataset["theme"];
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    const words = button.dataset["themes"]?.split("|") ?? [];
    const said = words[THEMES.indexOf(next)];
    if (!said) return;
    button.title = said;
    (button.querySelector(".sr") ?? button).textContent = said;
  });
}

/** Why a score is missing is a cell's title, which a finger cannot point at: say it when tapped. */
function reasons(pane: HTMLElement): void {
  let tip: HTMLElement | null = null;
  pane.addEventListener("click", (event) => {
    tip?.remove();
    if (event.defaultPrevented) return; // a card says it
    const cell = (event.target as Element).closest<HTMLElement>("td[title]");
    if (!cell) return;
    tip = make("div", cell.title, { class: "tip", role: "status" });
    pane.append(tip);
    const [box, frame] = [cell.getBoundingClientRect(), pane.getBoundingClientRect()];
    const left = Math.max(4, Math.min(box.left - frame.left, frame.width - tip.offsetWidth - 4));
    tip.style.left = `${left + pane.scrollLeft}px`;
    tip.style.top = `${box.bottom - frame.top + pane.scrollTop + 2}px`;
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") tip?.remove();
  });
}

function closeOthers(event: Event): void {
  const inside = (event.target as Element).closest("details.pop");
  document.querySelectorAll<HTMLDetailsElement>("details.pop[open]").forEach((one) => {
    if (one !== inside) one.open = false;
  });
}

function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  const open = document.querySelector<HTMLDetailsElement>("details.pop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
}

