/** Where a run's code is, as pages of the site that holds it. Pure. */

export interface Repository {
  /** `lab/digits`. */
  name: string;
  url: string;
}

/** @returns null where the remote is no place on the web: a folder, a bare ssh host. */
export function repositoryOf(remote: string | null | undefined): Repository | null {
  const found =
    /^(?:\w+:\/\/)?(?:[^@/]*@)?([\w.-]+\.[a-z]{2,})(?::\d+)?[:/](.+?)(?:\.git)?\/?$/i.exec(
      remote ?? "",
    );
  const [, host, path] = found ?? [];
  if (host === undefined || path === undefined || !/^[\w.~/-]+$/.test(path)) return null;
  return { name: path, url: `https://${host}/${path}` };
}

/** The page of a commit, for sites whose addresses are known. */
export function commitUrl({ url }: Repository, commit: string): string {
  if (/^https:\/\/[^/]*gitlab/.test(url)) return `${url}/-/commit/${commit}`;
  if (url.startsWith("https://bitbucket.org/")) return `${url}/commits/${commit}`;
  return `${url}/commit/${commit}`;
}
