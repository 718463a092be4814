/** Addresses with a name that a project had before: they lead on to its present one. */
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * Replaces a project's former name in the address.
 *
 * @param asked What the address calls the project.
 * @param name What it is called, once that is known.
 */
export function useCurrentName(entity: string, asked: string, name: string | undefined): void {
  const router = useRouter();
  useEffect(() => {
    if (name === undefined || name === asked) return;
    const { pathname, search, hash } = window.location;
    const moved = withName(pathname, entity, asked, name);
    if (moved !== null) router.history.replace(`${moved}${search}${hash}`);
  }, [router, entity, asked, name]);
}

/** The path with another project in its place; null where it is not that project's. */
export function withName(path: string, entity: string, asked: string, name: string): string | null {
  const [, owner = "", project = "", ...rest] = path.split("/");
  if (decodeURIComponent(owner) !== entity || decodeURIComponent(project) !== asked) return null;
  return ["", owner, encodeURIComponent(name), ...rest].join("/");
}
