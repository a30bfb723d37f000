// Fetches a board when the pointer rests on its link, so that a click finds it in the cache: pages may be kept for a
// minute. A finger rests nowhere, so its board is fetched when it comes down.

/** Milliseconds that a pointer rests on a link before a click is likely. */
const REST = 100;

/** Whether the reader wants to save data, or reads files, which cannot be fetched. */
function isUnwanted(): boolean {
  return !location.protocol.startsWith("http") || ((navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData ?? false);
}

/** Begin to watch the links of the page. */
export function fetchAhead(): void {
  if (isUnwanted()) return;
  const asked = new Set<string>();
  let resting = 0;
  const ask = ({ href }: HTMLAnchorElement): void => {
    if (asked.has(href)) return;
    asked.add(href);
    // What fails here is asked again by the click, and said there.
    fetch(href, { priority: "low" }).then((answer) => answer.text()).catch(() => asked.delete(href));
  };
  const boardAt = (event: Event): HTMLAnchorElement | null => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href*="benchmark/"]');
    return link?.origin === location.origin ? link : null;
  };
  document.addEventListener("pointerover", (event) => {
    clearTimeout(resting);
    const link = boardAt(event);
    if (link && event.pointerType === "mouse") resting = setTimeout(ask, REST, link);
  });
  document.addEventListener("pointerdown", (event) => {
    const link = boardAt(event);
    if (link) ask(link);
  });
}
