// The panel that gives the table to others. What its buttons do comes when the panel is opened, not with the page.
import { byId } from "./dom";
import { setup, words } from "./facts";
import { shownCells, shownColumns } from "./table";

type Formats = typeof import("./formats");

/** Make the panel work. */
export function share(): void {
  const panel = byId("share");
  const shown = { name: setup.name, copied: words["copied"] ?? "✓", cells: shownCells, columns: shownColumns };
  let formats: Promise<Formats> | undefined;
  const load = (): Promise<Formats> => (formats ??= import(panel.dataset["script"] ?? "") as Promise<Formats>);
  panel.addEventListener("toggle", () => void load());
  panel.addEventListener("click", (event) => {
    const target = event.target as Element;
    // The link cites the view as it is now: its address holds the state.
    const cite = target.closest<HTMLAnchorElement>("a[data-cite]");
    if (cite) cite.search = `?${new URLSearchParams({ of: location.pathname + location.search })}`;
    const button = target.closest("button");
    if (button) void load().then((formats) => formats.press(button, shown));
  });
}
