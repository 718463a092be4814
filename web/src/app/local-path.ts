/**
 * The path to go to after signing in. Only a path of this server: a link must
 * not be able to send people, freshly signed in, to somebody else's site.
 */
export function localPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith("/")) return "/";
  // Browsers read `//host` and `/\host` as another host, after dropping tabs and newlines.
  const url = new URL(next, "http://local.invalid");
  return url.origin === "http://local.invalid" ? url.pathname + url.search + url.hash : "/";
}
