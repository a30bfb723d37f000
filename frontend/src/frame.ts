// The board in a frame of another page: the column that it is sorted by can be seen, and the credit
// leads to the same view on the board's own page. Only pages that may be in a frame load this, after the board's script.
import { byId } from "./dom";
import { viewAddress } from "./state";

/** Columns before the scores. */
const FACTS = 8;

function frame(table: HTMLTableElement): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const show = (): void => {
    const head = table.querySelector<HTMLTableCellElement>("th[aria-sort]");
    const pane = table.parentElement;
    if (!head || !pane) return;
    table.dataset["by"] = head.dataset["k"] ?? "";
    const place = head.cellIndex + 1;
    // In a narrow frame, rank, model and size leave room for one score.
    const alone = place > FACTS && !table.classList.contains("wide") && `@media (max-width: 35rem) { #board :is(td, th):nth-child(n + ${FACTS + 1}):not(:nth-child(${place})) { display: none } }`;
    sheet.replaceSync(alone || "");
    // The first columns stay where they are, so only the right edge counts.
    pane.scrollLeft = Math.max(0, head.offsetLeft + head.offsetWidth - pane.clientWidth);
  };
  new MutationObserver(show).observe(table, { subtree: true, attributes: true, attributeFilter: ["aria-sort"] });
  show();
  const link = document.querySelector<HTMLAnchorElement>("footer a.full");
  const follow = (): void => link?.setAttribute("href", viewAddress());
  ["pointerdown", "focus"].forEach((event) => link?.addEventListener(event, follow));
}

if (document.documentElement.classList.contains("embedded")) frame(byId<HTMLTableElement>("board"));
