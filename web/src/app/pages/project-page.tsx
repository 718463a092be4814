/** A project: its runs at the left, their charts beside them. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { isNotFound } from "@/api/problem";
import type { RunRow } from "@/api/types";
import { usePointerBus } from "@/charts/pointer-bus";
import { useMe } from "@/features/auth/queries";
import type { Column } from "@/features/runs/columns";
import { FirstRun } from "@/features/runs/components/first-run";
import { RunList } from "@/features/runs/components/run-list";
import { useRunActions } from "@/features/runs/use-run-actions";
import { useRunList } from "@/features/runs/use-run-list";
import { isSolo, SHOW_FIRST, showOnly, toggleEye } from "@/features/runs/visibility";
import { Workspace } from "@/features/workspace/components/workspace";
import { useKeys } from "@/features/workspace/queries";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { useStable } from "@/lib/use-stable";
import { useTitle } from "@/lib/use-title";
import { CodeBlock } from "@/ui/code-block";
import { Notice } from "@/ui/notice";
import { SplitPane } from "@/ui/split-pane";
import { ErrorView } from "../error-view";
import { toChartRuns } from "./chart-runs";
import { renderLoggedTable } from "./logged-table";
import { compareAddress, isRefusal, useProjectRef } from "./project-place";
import { useRememberedView } from "./remembered-view";
import { useArrangement } from "./use-arrangement";
import { useChartSearch } from "./use-chart-search";
import { useLiveProject } from "./use-live-project";
import { useRunsMedia } from "./use-runs-media";
import { useRunsView } from "./use-runs-view";
import { REMEMBERED, searchOfView } from "./view-switch";

/** No run in particular: the keys of the newest ones. */
const NEWEST: readonly string[] = [];
const NO_COLUMNS: readonly Column[] = [];

export function ProjectPage() {
  const m = useMessages();
  const bus = usePointerBus();
  const navigate = useNavigate();
  const ref = useProjectRef();
  const search = useSearch({ strict: false });
  const { q, filter, sort, cols, pin, hide, show, only, grid, top, section, at, ...rest } = search;
  const { view, verbs, question } = useRunsView(
    { q, filter, sort, cols, pin, hide, show, only },
    NO_COLUMNS,
  );
  const arrangement = useArrangement({ grid, top, section });
  const charts = useChartSearch(rest);
  const renderMedia = useRunsMedia(at);
  useTitle(ref.project, ref.entity);
  useRememberedView("workspace", ref, search, REMEMBERED.workspace);
  const [isFolded, setFolded] = useState(false);

  const listing = useRunList(ref, question, view.pins, view.visibility);
  const { runs, error, visible, drawn, dashes, total } = listing;
  const isGone = isNotFound(error);
  useLiveProject(ref, !isGone);
  const history = useKeys(ref, NEWEST, "history");
  const system = useKeys(ref, NEWEST, "system");
  const actions = useRunActions(ref);
  const chartRuns = useMemo(() => toChartRuns(drawn, visible, dashes), [drawn, visible, dashes]);

  const toTable = useStable(
    () =>
      void navigate({
        to: "/$entity/$project/table",
        params: ref,
        search: searchOfView("table", ref, search),
      }),
  );
  const onHighlight = useCallback((id: string | null) => bus.highlight(id), [bus]);
  const onOpen = useCallback(
    (run: RunRow) =>
      void navigate({ to: "/$entity/$project/runs/$run", params: { ...ref, run: run.id } }),
    [navigate, ref],
  );
  const onHideRun = useStable((id: string) =>
    verbs.onVisibility(toggleEye(view.visibility, id, true)),
  );
  const onSoloRun = useStable((id: string) =>
    verbs.onVisibility(isSolo(view.visibility, id) ? SHOW_FIRST : showOnly([id])),
  );
  const toggleFold = () => setFolded(!isFolded);
  useShortcuts({ "Mod+j": { does: m.runs.keys.fold, run: toggleFold } }, { heading: m.runs.title });

  if (error && (!runs || isGone) && !isRefusal(error)) {
    return <ErrorView error={error} onRetry={listing.retry} isPage />;
  }
  if (runs?.length === 0 && view.text === "" && !listing.isOld) return <EmptyProject />;
  const keysError = history.error && !history.data ? history.error : null;
  const list = (
    <RunList
      {...verbs}
      project={ref}
      listing={listing}
      view={view}
      actions={actions}
      onHighlight={onHighlight}
      onOpen={onOpen}
      onCompare={(ids) => void navigate({ href: compareAddress(ref, ids) })}
      onTable={toTable}
      onFold={toggleFold}
    />
  );
  return (
    <>
      <h1 className="visually-hidden">{ref.project}</h1>
      <SplitPane
        name="runs"
        label={m.runs.resize}
        names={[m.runs.title, m.workspace.charts]}
        initialWidth={288}
        left={list}
        isFolded={isFolded}
        onUnfold={toggleFold}
        unfoldLabel={m.runs.unfold}
        onPulledOut={toTable}
      >
        <Workspace
          {...charts}
          arrangement={arrangement}
          project={ref}
          runs={chartRuns}
          onHideRun={onHideRun}
          onSoloRun={onSoloRun}
          renderTable={renderLoggedTable}
          renderMedia={renderMedia}
          isAllHidden={visible.size === 0 && total > 0}
          historyKeys={history.data}
          systemKeys={system.data}
          empty={
            history.data && history.data.length > 0 ? (
              <Notice title={m.sections.nothingToDraw}>{m.sections.nothingToDrawHint}</Notice>
            ) : (
              <Notice
                title={m.workspace.noMetricsTitle}
                action={<CodeBlock code={exampleOf(ref.entity, ref.project)} />}
              >
                {m.workspace.noMetricsHint}
              </Notice>
            )
          }
          error={
            keysError && <ErrorView error={keysError} onRetry={() => void history.refetch()} />
          }
        />
      </SplitPane>
    </>
  );
}

/** It turns into the project by itself: the list follows the server's events already. */
function EmptyProject() {
  const m = useMessages();
  const { entity, project } = useProjectRef();
  const { data: me } = useMe();
  const serverUrl = me?.server.base_url ?? window.location.origin;
  return (
    <FirstRun
      serverUrl={serverUrl}
      example={exampleOf(entity, project)}
      keyLink={<Link to="/authorize">{m.runs.makeKey}</Link>}
    />
  );
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
