// The form to rank a board by: sliders, chips and a search for tasks. It works without them.
import { chooser } from "./chooser";
import { make, plain } from "./dom";
import { misspelled } from "./near";

const MOST = 10;
/** What only scripts know of an address; the form takes it along. */
const VIEW = ["q", "sort", "pin"];
/** Filters with fields in the form, for readers without scripts; a board with scripts has a panel of them. */
const MODELS = ["max", "weights", "use"];

/** Put the form at an address into a panel. */
export async function load(panel: HTMLElement, address: string): Promise<void> {
  const [answer] = await Promise.all([fetch(address), styled(panel.dataset["style"])]);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector<HTMLFormElement>("form[data-customize]");
  if (!form) throw new Error(page.querySelector("h1")?.textContent ?? String(answer.status));
  form.querySelector("[data-models]")?.remove();
  panel.replaceChildren(document.adoptNode(form));
  enhance(form);
  form.querySelector<HTMLElement>("input:not([type=hidden])")?.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
}

/** Wait for the form's style; without it, the form works all the same. */
function styled(address: string | undefined): Promise<unknown> {
  if (!address) return Promise.resolve();
  const link = make("link", "", { rel: "stylesheet", href: address });
  document.head.append(link);
  return new Promise((done) => ["load", "error"].forEach((event) => link.addEventListener(event, done)));
}

function enhance(form: HTMLFormElement): void {
  form.querySelectorAll<HTMLInputElement>('input[type="number"]').forEach(addSlider);
  form.querySelectorAll<HTMLElement>("label[data-choose]").forEach((label) => chooser(form, label));
  form.querySelectorAll<HTMLElement>("[data-tasks]").forEach((group) => addSearch(group, form.dataset["find"] ?? ""));
  form.addEventListener("formdata", ({ formData }) => tidy(form, formData));
}

/** A slider beside a weight. Keyboards use the number itself. */
function addSlider(number: HTMLInputElement): void {
  const slider = make("input", "", { type: "range", min: "0", max: String(MOST), step: "0.5", tabindex: "-1", "aria-hidden": "true" });
  const show = (): void => {
    slider.value = number.value || "1";
    number.closest("div")?.classList.toggle("weighs", number.value !== "" && Number(number.value) !== 1);
  };
  slider.addEventListener("input", () => {
    number.value = slider.value === "1" ? "" : slider.value;
    show();
  });
  number.addEventListener("input", show);
  number.before(slider);
  show();
}

/** A box that leaves the tasks that are meant. */
function addSearch(group: HTMLElement, hint: string): void {
  const lines = [...group.querySelectorAll<HTMLElement>(".weighed > div")].map((line) => ({ line, text: plain(line.textContent ?? "") }));
  if (lines.length < 8) return;
  const box = make("input", "", { type: "search", placeholder: hint, "aria-label": hint });
  box.addEventListener("input", () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    const exact = lines.filter(({ text }) => words.every((word) => text.includes(word)));
    const kept = new Set(exact.length ? exact : misspelled(words, lines));
    for (const one of lines) one.line.hidden = !kept.has(one);
  });
  // Enter must not send the form.
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  group.querySelector("legend")?.after(box);
}

/** Leave out what is empty, so that the address stays short; take along what scripts know. */
function tidy(form: HTMLFormElement, given: FormData): void {
  for (const [name, value] of [...given]) if (value === "") given.delete(name);
  const query = new URLSearchParams(location.search);
  const elsewhere = MODELS.filter((name) => !form.elements.namedItem(name));
  for (const name of [...VIEW, ...elsewhere]) {
    const value = query.get(name);
    if (value) given.set(name, value);
  }
}

document.querySelectorAll<HTMLFormElement>("main > form[data-customize]").forEach(enhance);
