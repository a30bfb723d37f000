// Arrow keys in a table: what is beside a place in a row of things that can have the focus.

/** Whether a key is pressed with one that gives it another meaning. */
export function isCombined(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Where a key leads along those of `all` that are shown, from `here`. */
export function beside(all: readonly HTMLElement[], here: HTMLElement): Record<string, HTMLElement | undefined> {
  const shown = all.filter((one) => one.offsetParent);
  const place = shown.indexOf(here);
  return { ArrowLeft: shown[place - 1], ArrowRight: shown[place + 1], Home: shown[0], End: shown[shown.length - 1] };
}
