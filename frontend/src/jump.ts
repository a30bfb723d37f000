// Finds a column of a wide board: by the name of its task, or by the first task of a type.
import { byId, make, plain } from "./dom";

/** Let a field bring a column into view; `list` gets what can be typed. */
function jump(table: HTMLTableElement, field: HTMLInputElement, list: HTMLElement): void {
  const names = new Map<string, HTMLElement>();
  for (const head of table.tHead?.rows[0]?.cells ?? []) {
    if (!head.classList.contains("s")) continue;
    const group = head.dataset["g"]?.replace(/ · \d+$/, "");
    if (group && !names.has(plain(group))) names.set(plain(group), head);
    names.set(plain(head.dataset["k"] ?? ""), head);
    for (const name of [group, head.dataset["k"]]) if (name) list.append(make("option", "", { value: name }));
  }
  const go = (whole: boolean): void => {
    const wanted = plain(field.value.trim());
    const near = whole ? undefined : [...names].find(([name]) => wanted && name.includes(wanted));
    const head = names.get(wanted) ?? near?.[1];
    table.querySelector(".here")?.classList.remove("here");
    if (!head) return;
    head.classList.add("here");
    const fixed = table.querySelector<HTMLElement>("thead .m");
    const pane = table.parentElement;
    const covered = fixed ? fixed.offsetWidth + (parseFloat(getComputedStyle(fixed).left) || 0) : 0;
    if (pane) pane.scrollLeft = head.offsetLeft - covered - 8;
  };
  field.addEventListener("input", () => go(true));
  field.addEventListener("keydown", (event) => event.key === "Enter" && go(false));
}

jump(byId("board"), byId("jump"), byId("jumps"));
