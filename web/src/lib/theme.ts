/** Light or dark: the system's wish until the person chooses, then theirs. */
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";
export type ThemeChoice = Theme | "system";

const STORAGE_KEY = "runstone.theme";
const listeners = new Set<() => void>();
const system =
  typeof matchMedia === "undefined" ? null : matchMedia("(prefers-color-scheme: dark)");
let choice: ThemeChoice = readChoice();

// The first paint is `public/theme.js`'s; from then on the page follows the system by itself.
system?.addEventListener("change", () => {
  if (choice === "system") apply();
});

export function setThemeChoice(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
  apply();
}

/** What the page looks like. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

/** What the person chose. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

function currentTheme(): Theme {
  return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
}

function apply(): void {
  const theme = choice === "system" ? (system?.matches ? "dark" : "light") : choice;
  document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
