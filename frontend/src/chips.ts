// The filters that are set, each a button that removes it.
import { byId, make } from "./dom";
import { FILTERS, SEPARATOR, type FilterName, type State } from "./state";

const form = byId("filters").querySelector("form") as HTMLFormElement;

/** What readers call a value: the label of its choice or box; what was typed as it is. */
function labelOf(name: FilterName, value: string): string {
  const control = form.elements.namedItem(name);
  if (control instanceof HTMLSelectElement) {
    const option = [...control.options].find((one) => one.value === value);
    return (option?.textContent ?? value).replace(/ \(\d+\)$/, "");
  }
  const boxes = [...form.querySelectorAll<HTMLInputElement>(`[name="${name}"][type="checkbox"]`)];
  if (!boxes.length) return value;
  const picked = value.split(SEPARATOR);
  return boxes.filter((box) => picked.includes(box.value)).map((box) => box.parentElement?.textContent?.trim().replace(/ \(\d+\)$/, "")).join(", ");
}

/** What readers call a filter: its label or its legend, and of a range which end it is. */
function nameOf(name: FilterName): string {
  const control = form.querySelector(`[name="${name}"]`);
  const group = control?.closest("fieldset")?.querySelector("legend")?.textContent;
  const end = control?.getAttribute("aria-label");
  if (group) return end ? `${group.split(/[,（]/)[0] ?? ""} ${end}` : group;
  return control?.closest("label")?.firstChild?.textContent?.trim() ?? name;
}

/** Show a chip for each filter that is set; `change` takes the filters without the one removed. */
export function showChips(state: State, change: (filters: State["filters"]) => void): void {
  const place = byId("chips");
  const set = FILTERS.filter((name) => state.filters[name]);
  place.hidden = !set.length;
  place.replaceChildren(
    ...set.map((name) => {
      const chip = make("button", `${nameOf(name)}: ${labelOf(name, state.filters[name] ?? "")} `, { type: "button", class: "chip" });
      chip.append(make("span", "×", { "aria-hidden": "true" }), make("span", place.dataset["remove"] ?? "", { class: "sr" }));
      chip.addEventListener("click", () => {
        const { [name]: _, ...rest } = state.filters;
        change(rest);
        // The focus stays among the chips, or goes to the button of the filters.
        (place.querySelector("button") ?? byId("filters").querySelector("summary"))?.focus();
      });
      return chip;
    }),
  );
}
