// A text box with names between commas, as chips and a combobox. The form stays as it is: the
// names go into a hidden field of the same name. Keys are those of the ARIA combobox pattern.
import { fill, make, plain } from "./dom";

const SHOWN = 12;

/** Names that hold every word of `search`; those that begin with it come first. */
export function matching(names: readonly string[], search: string, taken: readonly string[]): string[] {
  const wanted = plain(search).trim();
  const words = wanted.split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const begins = (name: string): boolean => name.startsWith(wanted) || name.slice(name.indexOf("/") + 1).startsWith(wanted);
  const found = names.filter((name) => !taken.includes(name) && words.every((word) => plain(name).includes(word)));
  const first = found.filter((name) => begins(plain(name)));
  return [...new Set([...first, ...found])].slice(0, SHOWN);
}

/** Put chips and a combobox in the place of the form's text box. */
export function chooser(form: HTMLFormElement): void {
  const plain = form.querySelector<HTMLInputElement>("input[name]");
  const list = form.querySelector("datalist");
  if (plain && list) new Chooser(form, plain, list);
}

class Chooser {
  private readonly words: DOMStringMap;
  private readonly names: string[];
  private readonly chosen: string[];
  private readonly hidden: HTMLInputElement;
  private readonly chips: HTMLUListElement;
  private readonly box: HTMLInputElement;
  private readonly choices: HTMLUListElement;
  private readonly said = make("span", "", { class: "said", role: "status" });
  private active = -1;

  constructor(private readonly form: HTMLFormElement, plain: HTMLInputElement, list: HTMLDataListElement) {
    this.words = form.dataset;
    this.names = [...list.options].map((option) => option.value);
    this.chosen = plain.value.split(",").map((name) => name.trim()).filter(Boolean);
    this.hidden = make("input", "", { type: "hidden", name: plain.name });
    this.chips = make("ul", "", { class: "chips", "aria-label": this.word("chosen") });
    this.box = make("input", "", {
      id: "choose", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "choices",
    });
    this.choices = make("ul", "", { id: "choices", class: "choices", role: "listbox", hidden: "", "aria-label": this.word("add") });
    const field = make("div", "", { class: "field" });
    field.append(make("label", this.word("add"), { for: "choose" }), this.chips, this.box, this.choices, this.said);
    list.remove();
    plain.closest("label")?.replaceWith(this.hidden, field);
    this.listen();
    this.showChips();
  }

  private word(name: string): string {
    return this.words[name] ?? "";
  }

  private listen(): void {
    this.box.addEventListener("input", () => this.open());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("blur", () => this.close());
    // Before the box loses the focus, which would close the list under the pointer.
    this.choices.addEventListener("pointerdown", (event) => event.preventDefault());
    this.choices.addEventListener("click", (event) => this.add((event.target as Element).closest("li")?.textContent));
  }

  private showChips(): void {
    this.hidden.value = this.chosen.join(",");
    this.chips.replaceChildren(...this.chosen.map((name, place) => this.chip(name, place)));
    this.chips.hidden = this.chosen.length === 0;
    this.box.disabled = this.chosen.length >= Number(this.words["most"]);
    this.box.placeholder = this.box.disabled ? this.word("full") : "";
  }

  private chip(name: string, place: number): HTMLLIElement {
    const chip = make("li");
    const remove = make("button", "×", { type: "button", "aria-label": fill(this.word("remove"), { name }) });
    remove.addEventListener("click", () => this.drop(place));
    chip.append(make("span", "", { class: `key c${place}` }), name, remove);
    return chip;
  }

  private drop(place: number): void {
    this.chosen.splice(place, 1);
    this.changed();
  }

  private add(name: string | null | undefined): void {
    if (!name) return;
    this.chosen.push(name);
    this.box.value = "";
    this.close();
    this.changed();
  }

  /** Show the choice; if no more can be chosen, focus the button. */
  private changed(): void {
    this.showChips();
    this.said.textContent = "";
    (this.box.disabled ? this.form.querySelector<HTMLElement>("button.main") : this.box)?.focus();
  }

  private close(): void {
    this.choices.hidden = true;
    this.active = -1;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  private open(): void {
    const found = matching(this.names, this.box.value, this.chosen);
    const option = (name: string, place: number): HTMLLIElement =>
      make("li", name, { role: "option", id: `choice-${place}`, "aria-selected": "false" });
    this.choices.replaceChildren(...found.map(option));
    this.said.textContent = this.box.value.trim() && !found.length ? this.word("none") : "";
    if (!found.length) return this.close();
    this.choices.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.mark(0);
  }

  private mark(place: number): void {
    const options = [...this.choices.children];
    this.active = (place + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.active)));
    options[this.active]?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", `choice-${this.active}`);
  }

  private onKey(event: KeyboardEvent): void {
    const isOpen = !this.choices.hidden;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.mark(this.active + (key === "ArrowDown" ? 1 : -1));
      else this.open();
    } else if (key === "Enter" && (isOpen || this.box.value.trim())) {
      event.preventDefault();
      if (isOpen) this.add(this.choices.children[this.active]?.textContent);
    } else if (key === "Escape") this.close();
    else if (key === "Backspace" && !this.box.value && this.chosen.length) this.drop(this.chosen.length - 1);
  }
}
