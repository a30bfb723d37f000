// Which rows a reader's filters leave.
import { make, searchTest, sizeIn } from "./dom";
import { SEPARATOR, type State } from "./state";
import { facts, setup } from "./facts";

const OPEN = 1;
const INSTRUCTIONS = 2;
const TRANSFORMERS = 4;

type Test = (index: number) => boolean;

function flag(bit: number, wanted: boolean): Test {
  return (index) => Boolean((facts.flags[index] ?? 0) & bit) === wanted;
}

/** Whether one of the values that an address lists is among those of a row. */
function one(wanted: string, values: (string | undefined)[]): boolean {
  return wanted.split(SEPARATOR).some((value) => values.includes(value));
}

/** The months from 2000 to one such as `2025-06`, as `row_facts.py` counts them. */
function months(text: string): number {
  const [year, month] = text.split("-").map(Number);
  return ((year ?? 0) - 2000) * 12 + (month ?? 0);
}

function tests(filters: State["filters"]): Test[] {
  const found: Test[] = [];
  const { min, max, coverage, since, kind, use, licence, modality } = filters;
  const [low, high] = [sizeIn(min ?? ""), sizeIn(max ?? "")];
  if (low !== null) found.push((index) => (facts.params[index] ?? -1) >= low);
  if (high !== null) found.push((index) => (facts.params[index] ?? Infinity) <= high);
  if (filters.weights) found.push(flag(OPEN, filters.weights === "open"));
  if (filters.instructions) found.push(flag(INSTRUCTIONS, filters.instructions === "yes"));
  if (filters.st) found.push(flag(TRANSFORMERS, filters.st === "yes"));
  if (filters.zero) {
    const least = filters.zero === "only" ? 100 : 0;
    found.push((index) => (facts.zero[index] ?? -1) >= least);
  }
  if (kind) found.push((index) => one(kind, [facts.type[index]]));
  if (use) found.push((index) => one(use, [facts.use[index]]));
  if (licence) found.push((index) => one(licence, [facts.licence[index]]));
  if (modality) found.push((index) => one(modality, (facts.modalities[index] ?? "").split(" ")));
  if (since) found.push((index) => (facts.date[index] || -Infinity) >= months(since));
  if (filters.facets) {
    const wanted = filters.facets.split(SEPARATOR).reduce((bits, bit) => bits | (1 << Number(bit)), 0);
    found.push((index) => ((facts.facets[index] ?? 0) & wanted) === wanted);
  }
  if (coverage) found.push((index) => (facts.covered[index] ?? 0) * 100 >= Number(coverage) * setup.tasks);
  return found;
}

/** A test for rows by their place on the board; `texts` is what a search looks at in each. */
export function rowTest(state: State, texts: readonly string[]): Test {
  const search = searchTest(state.search);
  const all = tests(state.filters);
  return (index) =>
    state.pins.has(facts.name[index] ?? "") || (search(texts[index] ?? "") && all.every((test) => test(index)));
}

/** One of several values that a filter may have at once. */
export function checkbox(name: string, value: string, label: string): HTMLLabelElement {
  const found = make("label");
  found.append(make("input", "", { type: "checkbox", name, value }), ` ${label}`);
  return found;
}

/** Fill the choices that depend on the board. */
export function fillChoices(form: HTMLFormElement): void {
  const count = (values: string[]): [string, number][] => {
    const found = new Map<string, number>();
    for (const value of values) if (value) found.set(value, (found.get(value) ?? 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1]);
  };
  const choices: Record<string, string[]> = {
    kind: facts.type,
    licence: facts.licence,
    modality: facts.modalities.flatMap((some) => some.split(" ")),
  };
  for (const [name, values] of Object.entries(choices)) {
    const labelled = count(values).map(([value, n]) => [value, `${setup.labels[value] ?? value} (${n})`] as const);
    const boxes = form.querySelector(`[data-choices="${name}"]`);
    boxes?.append(...labelled.map(([value, label]) => checkbox(name, value, label)));
    const select = boxes ? null : (form.elements.namedItem(name) as HTMLSelectElement | null);
    select?.append(...labelled.map(([value, label]) => make("option", label, { value })));
  }
}
