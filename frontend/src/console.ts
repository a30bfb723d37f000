// Keeps the overview of the console up to date. Without it, the page reloads by itself.
const EVERY = 4000;
const LIVE = "[data-live][id]";

/** Put the new state of each part in place, but not under somebody's fingers. */
function replace(fresh: Document): void {
  for (const part of fresh.querySelectorAll(LIVE)) {
    const old = document.getElementById(part.id);
    if (!old || old.outerHTML === part.outerHTML) continue;
    if (old !== document.activeElement && old.contains(document.activeElement)) continue;
    // The element itself stays: what reads pages aloud watches it.
    old.replaceChildren(...part.childNodes);
  }
  const foot = document.querySelector("footer");
  const now = fresh.querySelector("footer");
  if (foot && now) foot.replaceWith(now);
  document.title = fresh.title;
}

async function refresh(): Promise<boolean> {
  const answer = await fetch(`/${location.search}`, { headers: { "x-live": "1" }, redirect: "error" });
  if (answer.status === 401) return false;
  if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
  return true;
}

function say(text: string): void {
  const note = document.createElement("p");
  note.className = "alert";
  note.id = "lost";
  note.textContent = text;
  document.getElementById("lost")?.remove();
  document.getElementById("main")?.prepend(note);
}

async function tick(): Promise<void> {
  let goesOn = true;
  if (!document.hidden) {
    try {
      goesOn = await refresh();
      if (goesOn) document.getElementById("lost")?.remove();
      else say("Your session is over. Load the page to log in again.");
    } catch {
      say("The console cannot be reached. What you see is old.");
    }
  }
  if (goesOn) setTimeout(() => void tick(), EVERY);
}

setTimeout(() => void tick(), EVERY);
