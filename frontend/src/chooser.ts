// A text box with names between commas, as chips and a combobox. The form stays as it is: the
// names go into a hidden field of the same name. Keys are those of the ARIA combobox pattern.
import { fill, make, plain } from "./dom";
import { misspelled } from "./near";

const SHOWN = 12;

interface Choice {
  name: string;
  /** What a search looks at: the name, and what else it is called. */
  text: string;
}

/** Choices that hold every word of `search`, those that begin with it first; if there are none,
    those with words like it. */
export function matching(choices: readonly Choice[], search: string, taken: readonly string[]): string[] {
  const wanted = strip(search).trim();
  const words = wanted.split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const free = choices.filter((one) => !taken.includes(one.name));
  const begins = ({ text }: Choice): boolean => text.startsWith(wanted) || text.slice(text.indexOf("/") + 1).startsWith(wanted);
  const found = free.filter((one) => words.every((word) => one.text.includes(word)));
  const some = found.length ? [...found.filter(begins), ...found] : misspelled(words, free);
  return [...new Set(some.map((one) => one.name))].slice(0, SHOWN);
}

/** Put chips and a combobox in the place of the form's text box, or of the one in `label`. */
export function chooser(form: HTMLFormElement, label?: HTMLElement): void {
  const input = (label ?? form).querySelector<HTMLInputElement>("input[name]");
  const list = label ? input?.list : form.querySelector("datalist");
  if (input && list instanceof HTMLDataListElement) new Chooser(form, input, list, label ? `${input.name}-` : "");
}

/** Text as it is compared: accents do not count. */
function strip(text: string): string {
  return plain(text).normalize("NFD").replace(/\p{M}/gu, "");
}

/** The names in a list with commas; a name that is known may have commas itself. */
function split(text: string, known: readonly Choice[]): string[] {
  const names = new Set(known.map((one) => one.name));
  const pieces = text.split(",").map((piece) => piece.trim()).filter(Boolean);
  const found: string[] = [];
  while (pieces.length) {
    let most = pieces.length;
    while (most > 1 && !names.has(pieces.slice(0, most).join(", "))) most -= 1;
    found.push(pieces.splice(0, most).join(", "));
  }
  return found;
}

class Chooser {
  private readonly words: DOMStringMap;
  private readonly all: Choice[];
  private readonly chosen: string[];
  private readonly hidden: HTMLInputElement;
  private readonly chips: HTMLUListElement;
  private readonly box: HTMLInputElement;
  private readonly choices: HTMLUListElement;
  private readonly said = make("span", "", { class: "said", role: "status" });
  private active = -1;

  constructor(private readonly form: HTMLFormElement, input: HTMLInputElement, list: HTMLDataListElement, prefix: string) {
    this.words = form.dataset;
    const other = (option: HTMLOptionElement): string => (option.label === option.value ? "" : option.label);
    this.all = [...list.options].map((option) => ({ name: option.value, text: `${strip(option.value)} ${strip(other(option))}` }));
    this.chosen = split(input.value, this.all);
    this.hidden = make("input", "", { type: "hidden", name: input.name });
    this.chips = make("ul", "", { class: "chips", "aria-label": this.word("chosen") });
    this.box = make("input", "", {
      id: `${prefix}choose`, role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${prefix}choices`,
    });
    this.choices = make("ul", "", { id: `${prefix}choices`, class: "choices", role: "listbox", hidden: "", "aria-label": this.word("add") });
    const field = make("div", "", { class: "field" });
    field.append(make("label", this.title(input), { for: this.box.id }), this.chips, this.box, this.choices, this.said);
    list.remove();
    input.closest("label")?.replaceWith(this.hidden, field);
    this.listen();
    this.showChips();
  }

  private word(name: string): string {
    return this.words[name] ?? "";
  }

  /** What the box is called: what its label said, if the form has several. */
  private title(input: HTMLInputElement): string {
    const label = input.closest<HTMLElement>("label[data-choose]");
    return label?.firstChild?.textContent?.trim() ?? this.word("add");
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
    this.box.placeholder = this.box.disabled ? this.word("full") : this.word("hint");
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

  private optionId(place: number): string {
    return `${this.choices.id}-${place}`;
  }

  private close(): void {
    this.choices.hidden = true;
    this.active = -1;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  private open(): void {
    const found = matching(this.all, this.box.value, this.chosen);
    const option = (name: string, place: number): HTMLLIElement =>
      make("li", name, { role: "option", id: this.optionId(place), "aria-selected": "false" });
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
    this.box.setAttribute("aria-activedescendant", this.optionId(this.active));
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
