/** What the home page, the palette and the trash ask for. */
import { projectOf, projects } from "./data.ts";

/** The answer for a path, as the server words it; undefined where it is somebody else's. */
export function answerHome(parts: readonly (string | undefined)[], query: URLSearchParams) {
  const [first, second, , noun] = parts;
  if (first === "runs" && second === "recent") return { runs: recentRuns(query), seq: 0 };
  if (first === "search") return search(query);
  if (first === "trash") return { projects: [], trash_days: 30 };
  if (noun === "trash") return { runs: [], next_cursor: null, total: 0, trash_days: 30 };
  return undefined;
}

const allRuns = () => projects.flatMap(({ runs }) => runs.map(({ row }) => row));

function recentRuns(query: URLSearchParams) {
  return allRuns()
    .toSorted((a, b) => b.heartbeat_at.localeCompare(a.heartbeat_at))
    .slice(0, Number(query.get("limit") ?? 20));
}

function search(query: URLSearchParams) {
  const wanted = (query.get("q") ?? "").toLowerCase();
  const limit = Number(query.get("limit") ?? 20);
  return {
    projects: projects
      .map(projectOf)
      .filter(({ name }) => name.includes(wanted))
      .map(({ entity, name }) => ({ entity, name, match: "part" })),
    runs: allRuns()
      .filter(({ display_name }) => display_name.includes(wanted))
      .slice(0, limit)
      .map((row) => ({ ...row, match: "part" })),
  };
}
