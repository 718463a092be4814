/**
 * Keys of a page that stay out of the way of typing. Each says what it does, and the sheet that `?`
 * opens is made of what is registered at that moment: it cannot list a key that does nothing, nor
 * leave one out.
 */
import { useEffect, useEffectEvent } from "react";

export interface Shortcut {
  /** What it does, as the sheet words it. */
  does: string;
  run: (event: KeyboardEvent) => void;
}

/**
 * By key, as `KeyboardEvent.key` names it: `j`, `Escape`, `?`. Several for one thing stand together:
 * `"j ArrowDown"`; space is `Space`. `Mod+` is ⌘ on a Mac and Ctrl elsewhere, and works while typing.
 */
export type Shortcuts = Readonly<Record<string, Shortcut>>;

interface ShortcutOptions {
  /** Under which heading the sheet lists them; without one they stand first. */
  heading?: string | undefined;
  /** Where the focus has to be: keys of the page rest while a dialog is open. */
  scope?: "page" | "dialog";
}

export interface ShortcutGroup {
  heading: string | undefined;
  rows: { keys: string[]; does: string }[];
}

interface Registered {
  heading: string | undefined;
  shortcuts: Shortcuts;
}

const registry = new Set<() => Registered>();

/** Calls the handler of the pressed key, unless the person is typing or choosing from a menu. */
export function useShortcuts(shortcuts: Shortcuts, options: ShortcutOptions = {}): void {
  const { heading, scope = "page" } = options;
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const shortcut = findShortcut(shortcuts, event, scope);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run(event);
  });
  const describe = useEffectEvent(() => ({ heading, shortcuts }));

  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    const entry = () => describe();
    registry.add(entry);
    document.addEventListener("keydown", listener);
    return () => {
      registry.delete(entry);
      document.removeEventListener("keydown", listener);
    };
  }, []);
}

/** What every key does right now. Not to be called while rendering. */
export function listShortcuts(): ShortcutGroup[] {
  const groups = new Map<string | undefined, ShortcutGroup>();
  for (const entry of registry) {
    const { heading, shortcuts } = entry();
    const group = groups.get(heading) ?? { heading, rows: [] };
    for (const [keys, { does }] of Object.entries(shortcuts)) {
      if (group.rows.some((row) => row.does === does)) continue;
      group.rows.push({ keys: keys.split(" ").map((key) => showKey(key)), does });
    }
    if (group.rows.length > 0) groups.set(heading, group);
  }
  return [...groups.values()].toSorted(
    (a, b) => Number(a.heading !== undefined) - Number(b.heading !== undefined),
  );
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Escape: "Esc",
};

/** A key as people read it: `Mod+k` is ⌘K or Ctrl K, `Z` is ⇧Z. */
export function showKey(key: string, isMac = IS_MAC): string {
  if (key.startsWith("Mod+")) {
    const rest = key.slice("Mod+".length).toUpperCase();
    return isMac ? `⌘${rest}` : `Ctrl ${rest}`;
  }
  const isShiftedLetter = key.length === 1 && key !== key.toLowerCase();
  return isShiftedLetter ? `⇧${key}` : (KEY_NAMES[key] ?? key);
}

const IS_MAC = typeof navigator !== "undefined" && /Mac|iP(hone|ad|od)/.test(navigator.userAgent);

function findShortcut(
  shortcuts: Shortcuts,
  event: KeyboardEvent,
  scope: "page" | "dialog",
): Shortcut | undefined {
  if (event.defaultPrevented || event.isComposing || event.altKey) return undefined;
  const hasMod = event.metaKey || event.ctrlKey;
  if (!hasMod && isTaken(event.target, scope)) return undefined;
  const key = event.key === " " ? "Space" : event.key;
  const wanted = hasMod ? `Mod+${key.toLowerCase()}` : key;
  const found = Object.entries(shortcuts).find(([keys]) => keys.split(" ").includes(wanted));
  return found?.[1];
}

/** Whether what has the focus wants the key for itself. */
function isTaken(target: EventTarget | null, scope: "page" | "dialog"): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || isField(target)) return true;
  if (target.closest("[role=menu], [role=listbox]") !== null) return true;
  return scope === "page" && target.closest("[role=dialog], [role=alertdialog], dialog") !== null;
}

/** Checkboxes, radios and sliders take arrows and space, not letters. */
function isField(target: HTMLElement): boolean {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return ["TEXTAREA", "SELECT"].includes(target.tagName);
}
