// What readers call the filters of a form, for the chips that remove them.
import { make } from "./dom";
import { SEPARATOR } from "./state";

/** What readers call a value: the label of its choice or box; what was typed as it is. */
function labelOf(form: HTMLFormElement, name: string, value: string): string {
  const control = form.elements.namedItem(name);
  // A size without a unit is in billions.
  if (name === "min" || name === "max") return `${name === "min" ? "≥" : "≤"} ${value.trim().toUpperCase().replace(/\d$/, "$&B")}`;
  if (control instanceof HTMLSelectElement) {
    const option = [...control.options].find((one) => one.value === value);
    return (option?.textContent ?? value).replace(/ \(\d+\)$/, "");
  }
  const boxes = [...form.querySelectorAll<HTMLInputElement>(`[name="${name}"][type="checkbox"]`)];
  if (!boxes.length) return value;
  const picked = value.split(SEPARATOR);
  return boxes.filter((box) => picked.includes(box.value)).map((box) => box.parentElement?.textContent?.trim().replace(/ \(\d+\)$/, "")).join(", ");
}

/** What readers call a filter: its label or its legend, without the examples in it. */
function nameOf(form: HTMLFormElement, name: string): string {
  const control = form.querySelector(`[name="${name}"]`);
  const group = control?.closest("fieldset")?.querySelector("legend")?.textContent;
  if (group) return group.split(/[,（]/)[0] ?? group;
  return control?.closest("label")?.firstChild?.textContent?.trim() ?? name;
}

/** A button that names a filter which is set; `remove` says what it does. */
export function chip(form: HTMLFormElement, name: string, value: string, remove: string): HTMLButtonElement {
  const button = make("button", `${nameOf(form, name)}: ${labelOf(form, name, value)} `, { type: "button", class: "chip" });
  button.append(make("span", "×", { "aria-hidden": "true" }), make("span", remove, { class: "sr" }));
  return button;
}
