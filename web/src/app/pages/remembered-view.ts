/**
 * A project as a person left it. Two people with one link see one picture: an address that says
 * anything about the view is taken at its word. A bare one is the project, not a view of it; there
 * the last view of this browser comes back, and from then on stands in the address.
 */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import type { ProjectRef } from "@/api/client";

export type Search = Readonly<Record<string, string | undefined>>;

/**
 * @param page What kind of view it is: each has its own memory.
 * @param names What is remembered of the search part.
 */
export function useRememberedView(
  page: string,
  ref: ProjectRef,
  search: Search,
  names: readonly string[],
): void {
  const navigate = useNavigate();
  const place = placeOf(page, ref);
  const arrive = useEffectEvent(() => {
    if (Object.values(search).some((value) => value !== undefined)) return;
    const left = readView(place, names);
    if (Object.keys(left).length > 0) void navigate({ to: ".", search: left, replace: true });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each project that is opened
  useEffect(() => arrive(), [place]);

  const left = JSON.stringify(pick(search, names));
  useEffect(() => {
    // What is left bare on arrival is about to be what was remembered.
    const timer = setTimeout(() => write(place, left), 300);
    return () => clearTimeout(timer);
  }, [place, left]);
}

export function pick(search: Search, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = search[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** How a person left a view, while they are on another page. */
export function recallView(
  page: string,
  ref: ProjectRef,
  names: readonly string[],
): Record<string, string> {
  return readView(placeOf(page, ref), names);
}

function placeOf(page: string, { entity, project }: ProjectRef): string {
  return `runstone.view.${page}.${entity}/${project}`;
}

function readView(place: string, names: readonly string[]): Record<string, string> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(place) ?? "{}");
    return typeof stored === "object" && stored !== null ? pick(textsOf(stored), names) : {};
  } catch {
    return {};
  }
}

function textsOf(stored: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stored).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

function write(place: string, text: string): void {
  try {
    if (text === "{}") localStorage.removeItem(place);
    else localStorage.setItem(place, text);
  } catch {
    // Storage may be blocked; the view then lasts as long as the page.
  }
}
