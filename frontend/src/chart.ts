// The charts of a board: search and filters hide dots, and the line follows those that are left.
import { common } from "./common";
import { byId, fill, make, plain } from "./dom";
import { facts, words } from "./facts";
import { fillChoices, rowTest } from "./filters";
import { address, read, type State } from "./state";
import { carry, countFilters, filterForm, keep, listenToFilters, showFilters } from "./toolbar";

interface Dot {
  link: SVGAElement;
  shape: SVGElement;
  row: number;
  x: number;
  y: number;
  /** The name, the place on the x axis in words, and the score. */
  said: string[];
}

const RIGHT = 936;
const LETTER = 7;
const svg = document.querySelector<SVGSVGElement>("figure .chart");
const dots = [...(svg?.querySelectorAll<SVGAElement>("a[data-i]") ?? [])].map(readDot);
const texts = facts.name.map(plain);
let state = read(location.search);

function readDot(link: SVGAElement): Dot {
  const number = (name: string): number => Number(link.getAttribute(`data-${name}`));
  const shape = link.firstElementChild as SVGElement;
  // A name may hold the separator; the last two parts never do.
  const parts = (shape.querySelector("title")?.textContent ?? "").split(" · ");
  const said = [parts.slice(0, -2).join(" · "), ...parts.slice(-2)];
  return { link, shape, row: number("i"), x: number("x"), y: number("y"), said };
}

function score(dot: Dot): number {
  return Number(dot.said[2]);
}

/** The dots that are higher than all to the left of them. */
function records(some: Dot[]): Dot[] {
  const best: Dot[] = [];
  for (const dot of [...some].sort((a, b) => a.x - b.x || score(b) - score(a))) {
    const last = best[best.length - 1];
    if (!last || score(dot) > score(last)) best.push(dot);
  }
  return best;
}

function apply(): void {
  const test = rowTest(state, texts);
  const left = dots.filter((dot) => test(dot.row));
  const front = records(left);
  for (const dot of dots) {
    dot.link.style.display = left.includes(dot) ? "" : "none";
    dot.shape.classList.toggle("f", front.includes(dot));
    if (dot.shape.tagName === "circle") dot.shape.setAttribute("r", front.includes(dot) ? "6" : "4.5");
  }
  drawLine(front);
  drawLabels(front);
  listLeaders(front);
  byId("shown").textContent = left.length ? fill(words["shown"] ?? "", { n: left.length, all: dots.length }) : (words["nothing"] ?? "");
  countFilters(state);
  carry(state);
}

function drawLine(front: Dot[]): void {
  const [first, ...rest] = front;
  const path = first ? `M${first.x} ${first.y}${rest.map((dot) => `H${dot.x}V${dot.y}`).join("")}H${RIGHT}` : "";
  svg?.querySelector(".fl")?.setAttribute("d", path);
}

/** Labels of the front, leaving out those that would overlap: see `charts._labels`. */
function drawLabels(front: Dot[]): void {
  svg?.querySelectorAll(".dl").forEach((label) => label.remove());
  const taken: [number, number, number][] = [];
  for (const dot of [...front].reverse()) {
    const width = (dot.said[0] ?? "").length * LETTER;
    const start = Math.min(Math.max(dot.x - width - 8, 56), 960 - width);
    const top = dot.y - 8;
    if (taken.some(([begin, end, line]) => Math.abs(top - line) < 14 && start < end && begin < start + width)) continue;
    taken.push([start, start + width, top]);
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    label.textContent = dot.said[0] ?? "";
    for (const [name, value] of Object.entries({ class: "dl", x: start, y: top })) label.setAttribute(name, String(value));
    svg?.append(label);
  }
}

function listLeaders(front: Dot[]): void {
  const body = document.querySelector<HTMLTableElement>("#leaders")?.tBodies[0];
  body?.replaceChildren(
    ...front.map((dot) => {
      const row = make("tr");
      const name = make("th", "", { scope: "row" });
      name.append(make("a", dot.said[0] ?? "", { href: dot.link.getAttribute("href") ?? "" }));
      row.append(name, make("td", dot.said[1] ?? "", { class: "n" }), make("td", dot.said[2] ?? "", { class: "n" }));
      return row;
    }),
  );
}

function change(next: Partial<State>, remember = true): void {
  state = { ...state, ...next };
  apply();
  keep(address(state), remember);
}

common();
fillChoices(filterForm);
showFilters(state);
listenToFilters(change);
addEventListener("popstate", () => {
  state = read(location.search);
  showFilters(state);
  apply();
});
byId("tools").hidden = false;
if (dots.length) apply();
