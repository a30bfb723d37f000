// Runs before the page is drawn: says that scripts are on, and applies the reader's theme.
const root = document.documentElement;
root.classList.add("js");
// A copy without a server cannot leave out what a frame on another page does not need.
if (new URLSearchParams(location.search).has("embed")) root.classList.add("embedded");
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
} catch {
  // Storage is refused in some private windows; the system's theme stays.
}
// Where the board's script does not come, the rows that wait for it are shown all the same.
addEventListener("load", () => {
  if (document.getElementById("tools")?.hidden) root.classList.remove("js");
});
