// The filters that are set, each a button that removes it.
import { byId } from "./dom";
import { chip } from "./labels";
import { FILTERS, type State } from "./state";

const form = byId("filters").querySelector("form") as HTMLFormElement;

/** Show a chip for each filter that is set; `change` takes the filters without the one removed. */
export function showChips(state: State, change: (filters: State["filters"]) => void): void {
  const place = byId("chips");
  const set = FILTERS.filter((name) => state.filters[name]);
  place.hidden = !set.length;
  place.replaceChildren(
    ...set.map((name) => {
      const button = chip(form, name, state.filters[name] ?? "", place.dataset["remove"] ?? "");
      button.addEventListener("click", () => {
        const { [name]: _, ...rest } = state.filters;
        change(rest);
        // The focus stays among the chips, or goes to the button of the filters.
        (place.querySelector("button") ?? byId("filters").querySelector("summary"))?.focus();
      });
      return button;
    }),
  );
}
