/** A project: its runs at the left, their charts beside them. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { isNotFound } from "@/api/problem";
import type { RunRow } from "@/api/types";
import { usePointerBus } from "@/charts/pointer-bus";
import { RunList } from "@/features/runs/components/run-list";
import { useRuns } from "@/features/runs/queries";
import {
  formatVisibility,
  parseVisibility,
  SHOW_NEWEST,
  showOnly,
  toggleEye,
  type Visibility,
  visibleIds,
} from "@/features/runs/visibility";
import { Workspace } from "@/features/workspace/components/workspace";
import { useKeys } from "@/features/workspace/queries";
import { useMessages } from "@/lib/i18n";
import { runDashes } from "@/lib/run-colour";
import { useTitle } from "@/lib/use-title";
import { CodeBlock } from "@/ui/code-block";
import { Notice } from "@/ui/notice";
import { SplitPane } from "@/ui/split-pane";
import { ErrorView } from "../error-view";
import { toChartRuns } from "./chart-runs";
import { useChartSearch } from "./use-chart-search";
import { useLiveProject } from "./use-live-project";

/** No run in particular: the keys of the newest ones. */
const NEWEST: readonly string[] = [];
const NO_RUNS: readonly RunRow[] = [];

export function ProjectPage() {
  const m = useMessages();
  const bus = usePointerBus();
  const navigate = useNavigate();
  const ref = useProjectRef();
  const { q = "", hide, show, only, ...chartSearch } = useProjectSearch();
  const charts = useChartSearch(chartSearch);
  useTitle(ref.project, ref.entity);

  const { runs, total, error, retry, loadMore } = useRuns(ref, q);
  const isGone = isNotFound(error);
  useLiveProject(ref, !isGone);
  const history = useKeys(ref, NEWEST, "history");
  const system = useKeys(ref, NEWEST, "system");

  const visibility = useMemo(() => parseVisibility({ hide, show, only }), [hide, show, only]);
  const visible = useMemo(() => visibleIds(runs ?? NO_RUNS, visibility), [runs, visibility]);
  const dashes = useMemo(() => dashesOf(runs ?? NO_RUNS, visible), [runs, visible]);
  const chartRuns = useMemo(
    () => toChartRuns(runs ?? NO_RUNS, visible, dashes),
    [runs, visible, dashes],
  );

  const setVisibility = useCallback(
    (next: Visibility) => {
      const search = formatVisibility(next);
      void navigate({ to: ".", search: (old) => ({ ...old, ...search }), replace: true });
    },
    [navigate],
  );
  const onToggle = useCallback(
    (id: string) => setVisibility(toggleEye(visibility, id, visible.has(id))),
    [setVisibility, visibility, visible],
  );
  const onHighlight = useCallback((id: string | null) => bus.highlight(id), [bus]);

  if (error && (!runs || isGone)) return <ErrorView error={error} onRetry={retry} />;
  const keysError = history.error && !history.data ? history.error : null;
  return (
    <SplitPane
      name="runs"
      label={m.runs.resize}
      names={[m.runs.title, m.workspace.charts]}
      initialWidth={264}
      left={
        <RunList
          runs={runs}
          total={total}
          visible={visible}
          dashes={dashes}
          search={q}
          onSearch={(text) =>
            void navigate({
              to: ".",
              search: (old) => ({ ...old, q: text || undefined }),
              replace: true,
            })
          }
          onToggle={onToggle}
          onHighlight={onHighlight}
          onOpen={(run) =>
            void navigate({ to: "/$entity/$project/runs/$run", params: { ...ref, run: run.id } })
          }
          onShow={(which) => setVisibility(which === "newest" ? SHOW_NEWEST : showOnly([]))}
          onLoadMore={loadMore}
        />
      }
    >
      <Workspace
        {...charts}
        project={ref}
        runs={chartRuns}
        isAllHidden={visible.size === 0 && total > 0}
        historyKeys={history.data}
        systemKeys={system.data}
        empty={
          <Notice
            title={m.workspace.noMetricsTitle}
            action={<CodeBlock code={exampleOf(ref.entity, ref.project)} />}
          >
            {m.workspace.noMetricsHint}
          </Notice>
        }
        error={keysError && <ErrorView error={keysError} onRetry={() => void history.refetch()} />}
      />
    </SplitPane>
  );
}

/** Both addresses of the page, with and without `/workspace`, carry the same parts. */
function useProjectRef() {
  const { entity = "", project = "" } = useParams({ strict: false });
  return useMemo(() => ({ entity, project }), [entity, project]);
}

/** The lines that fill this very page. */
function exampleOf(entity: string, project: string): string {
  return [
    "import wandb",
    "",
    "run = wandb.init(",
    `    entity=${JSON.stringify(entity)},`,
    `    project=${JSON.stringify(project)},`,
    ")",
    'run.log({"loss": 0.5})',
  ].join("\n");
}

function useProjectSearch() {
  return useSearch({ strict: false });
}

function dashesOf(runs: readonly RunRow[], visible: ReadonlySet<string>) {
  return runDashes(runs.filter(({ id }) => visible.has(id)).toReversed());
}
