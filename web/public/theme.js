// Runs before the first paint so that a dark page never flashes white. A file
// of its own, not inline, so that the server can forbid inline scripts.
(() => {
  let stored = null;
  try {
    stored = localStorage.getItem("runstone.theme");
  } catch {
    // Storage may be blocked; the system's preference is then the answer.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme =
    stored === "light" || stored === "dark" ? stored : dark ? "dark" : "light";
})();
