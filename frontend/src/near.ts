// Words that were misspelled: "Germn" means German.

/** How many letters must be put in, left out, changed or swapped to get from one word to another;
    `most` + 1 if there are more. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i++) {
    const line = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (last[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      let least = Math.min((last[j] ?? 0) + 1, (line[j - 1] ?? 0) + 1, changed);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      line.push(least);
    }
    [before, last] = [last, line];
  }
  return last[b.length] ?? most + 1;
}

/** How many letters of a word may be wrong. */
function allowed(word: string): number {
  return word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
}

/** How wrong `word` is for the best of the words in `text`, which may be typed in part only;
    infinite if it is too wrong for each. */
function wrong(word: string, text: string): number {
  const most = allowed(word);
  let best = text.includes(word) ? 0 : Infinity;
  if (best === 0 || most === 0) return best;
  for (const one of text.split(/[\s/_.()-]+/)) {
    for (const part of [one, one.slice(0, word.length), one.slice(0, word.length + 1)]) {
      const far = distance(word, part, most);
      if (far <= most) best = Math.min(best, far);
    }
  }
  return best;
}

/** Choices whose texts hold words like those that were typed, the closest first. */
export function misspelled<T extends { text: string }>(words: readonly string[], choices: readonly T[]): T[] {
  const rated = choices.map((one) => ({ one, far: words.reduce((sum, word) => sum + wrong(word, one.text), 0) }));
  return rated.filter(({ far }) => far < Infinity).sort((a, b) => a.far - b.far).map(({ one }) => one);
}
