// The charts of a board: search and filters hide dots, and the line follows those that are left.
import { startPage } from "./pages";
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

interface Chart {
  svg: SVGSVGElement;
  dots: Dot[];
}

/** The same picture in three sizes, of which the style sheet shows one. */
const charts: Chart[] = [...document.querySelectorAll<SVGSVGElement>("figure .chart")].map((svg) => ({
  svg,
  dots: [...svg.querySelectorAll<SVGAElement>("a[data-i]")].map(readDot),
}));
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
  let [left, all] = [0, 0];
  for (const chart of charts) {
    const some = chart.dots.filter((dot) => test(dot.row));
    const front = records(some);
    [left, all] = [some.length, chart.dots.length];
    drawDots(chart, some, front);
    drawLine(chart, front);
    drawLabels(chart, front);
    listLeaders(front);
  }
  byId("shown").textContent = left ? fill(words["shown"] ?? "", { n: left, all }) : (words["nothing"] ?? "");
  countFilters(state);
  carry(state);
}

function drawDots(chart: Chart, left: Dot[], front: Dot[]): void {
  for (const dot of chart.dots) {
    dot.link.style.display = left.includes(dot) ? "" : "none";
    dot.shape.classList.toggle("f", front.includes(dot));
    if (dot.shape.tagName === "circle") dot.shape.setAttribute("r", front.includes(dot) ? "6" : "4.5");
  }
}

function drawLine({ svg }: Chart, front: Dot[]): void {
  const [first, ...rest] = front;
  const path = first ? `M${first.x} ${first.y}${rest.map((dot) => `H${dot.x}V${dot.y}`).join("")}H${svg.dataset["right"] ?? ""}` : "";
  svg.querySelector(".fl")?.setAttribute("d", path);
}

/** About how wide a label is drawn: see `charts._label_width`. */
function widthOf(label: string): number {
  const wide = (letter: string): number => ("fijlrtI1.,-/:()' ".includes(letter) ? 4.2 : "mwMW".includes(letter) ? 10.4 : /\p{Lu}/u.test(letter) ? 8.2 : 6.8);
  return [...label].reduce((sum, letter) => sum + wide(letter), 0);
}

/** Labels of the front, leaving out those that would meet another, a dot of the front or its line: see `charts._labels`. */
function drawLabels({ svg }: Chart, front: Dot[]): void {
  const [left, full] = [Number(svg.dataset["left"]), svg.viewBox.baseVal.width];
  svg.querySelectorAll(".dl").forEach((label) => label.remove());
  const taken: [number, number, number][] = [];
  for (const [index, dot] of [...front.entries()].reverse()) {
    const name = dot.said[0] ?? "";
    const width = widthOf(name);
    const beside = dot.x - 8 - width >= left;
    const start = beside ? dot.x - 8 - width : left;
    const top = beside ? dot.y - 8 : dot.y - 14;
    const end = start + width;
    const overlaps = taken.some(([begin, other, line]) => Math.abs(top - line) < 14 && start < other && begin < end);
    const covers = front.some(({ x, y }) => start - 6 < x && x < end + 6 && top - 14 < y && y < top + 8);
    const crosses = (front[index + 1]?.x ?? Infinity) < end + 3;
    if (end > full || overlaps || covers || crosses) continue;
    taken.push([start, end, top]);
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    label.textContent = name;
    for (const [key, value] of Object.entries({ class: beside ? "dl e" : "dl", x: beside ? end : start, y: top })) label.setAttribute(key, String(value));
    svg.append(label);
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

startPage();
fillChoices(filterForm);
showFilters(state);
listenToFilters(change);
addEventListener("popstate", () => {
  state = read(location.search);
  showFilters(state);
  apply();
});
byId("tools").hidden = false;
if (charts.length) apply();
