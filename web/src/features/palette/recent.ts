/** Where the person was, kept in this browser alone. */
import type { Option } from "./model";

const STORAGE_KEY = "runstone.recent";
const MAX_KEPT = 12;

export interface Visited {
  id: string;
  kind: "run" | "project";
  label: string;
  detail: string;
  href: string;
}

export function readRecent(): Option[] {
  return load().map(({ href, ...rest }) => ({ ...rest, does: { href } }));
}

/** Puts a place first; one that was there already moves up, under its present name. */
export function recordVisit(visited: Visited): void {
  const others = load().filter(({ id }) => id !== visited.id);
  save([visited, ...others].slice(0, MAX_KEPT));
}

/** Of one person nothing is left for the next. */
export function forgetAllVisits(): void {
  save([]);
}

function load(): Visited[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isVisited) : [];
  } catch {
    return [];
  }
}

function save(visited: readonly Visited[]): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(visited));
  } catch {
    // Storage may be blocked or full; recent places are a convenience.
  }
}

function isVisited(value: unknown): value is Visited {
  if (typeof value !== "object" || value === null) return false;
  const field = (name: keyof Visited): unknown => Reflect.get(value, name);
  const href = field("href");
  const isText = (["id", "label", "detail"] as const).every(
    (name) => typeof field(name) === "string",
  );
  // A way to another site could only have been put there by somebody else.
  const isOurs = typeof href === "string" && /^\/[^/\\]/.test(href);
  return isText && isOurs && (field("kind") === "run" || field("kind") === "project");
}
