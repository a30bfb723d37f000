// How dark a cell is, as `web/shades.py` says it; scores are in points here.

const STEPS = 8;
/** As `_FULL` there. */
const FULL = 5;

/** The shade of a value among `some`: 0 for none. */
export function scale(some: (number | null)[]): (value: number) => number {
  const there = some.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const low = there[Math.floor(there.length / 20)] ?? 0;
  const high = there[there.length - 1] ?? 0;
  if (high <= low) return () => 0;
  const most = Math.max(1, Math.round(STEPS * Math.min(1, (high - low) / FULL)));
  return (value) => 1 + Math.min(most - 1, Math.floor(Math.max(0, (value - low) / (high - low)) ** 2 * most));
}
