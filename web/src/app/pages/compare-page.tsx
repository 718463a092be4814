/** Runs side by side. */
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { CompareView } from "@/features/compare/components/compare-view";
import { readRuns, writeRuns } from "@/features/compare/refs";
import { useMessages } from "@/lib/i18n";
import { joinTexts, splitTexts } from "@/lib/text-list";
import { useSearchText } from "@/lib/use-search-text";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

const FROM = "/signed-in/$entity/$project/compare";

export function ComparePage() {
  const m = useMessages();
  const { entity, project } = useParams({ from: FROM });
  const { runs, base, all, q, fold, view } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/$entity/$project/compare" });
  const place = useMemo(() => ({ entity, project }), [entity, project]);
  const picked = useMemo(() => readRuns(runs, place), [runs, place]);
  const folded = useMemo(() => new Set(splitTexts(fold)), [fold]);
  useTitle(m.compare.title, project);

  const set = (change: Record<string, string | undefined>, replace = true) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace });
  const [search, setSearch] = useSearchText(q ?? "", (text) => set({ q: text || undefined }));
  return (
    <CompareView
      place={place}
      runs={picked}
      onRuns={(next) => set({ runs: writeRuns(next, place) }, false)}
      baseline={base}
      onBaseline={(next) => set({ base: next })}
      onlyDifferences={all !== "1"}
      onOnlyDifferences={(only) => set({ all: only ? undefined : "1" })}
      search={search}
      onSearch={setSearch}
      folded={folded}
      onFolded={(next) => set({ fold: next.size === 0 ? undefined : joinTexts(next) })}
      view={view === "code" ? "code" : "values"}
      onView={(next) => set({ view: next === "code" ? "code" : undefined })}
      renderRunLink={(run, children) => (
        <Link to="/$entity/$project/runs/$run/overview" params={run}>
          {children}
        </Link>
      )}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
