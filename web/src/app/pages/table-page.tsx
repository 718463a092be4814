/** A project's runs as a table over the whole page. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { isNotFound } from "@/api/problem";
import type { RunRow } from "@/api/types";
import { type Column, usualColumns } from "@/features/runs/columns";
import { RunsTableView } from "@/features/runs/components/runs-table-view";
import { useColumns } from "@/features/runs/queries";
import { useRunActions } from "@/features/runs/use-run-actions";
import { useRunList } from "@/features/runs/use-run-list";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { Button } from "@/ui/button";
import { ErrorView } from "../error-view";
import { compareAddress, isRefusal, useProjectRef } from "./project-place";
import { useRememberedView } from "./remembered-view";
import { useLiveProject } from "./use-live-project";
import { useRunsView } from "./use-runs-view";
import { REMEMBERED, searchOfView } from "./view-switch";

const NOT_KNOWN: readonly Column[] = usualColumns([]);

export function TablePage() {
  const m = useMessages();
  const navigate = useNavigate();
  const ref = useProjectRef();
  const search = useSearch({ from: "/signed-in/$entity/$project/table" });
  useTitle(m.runs.title, ref.project);
  useRememberedView("table", ref, search, REMEMBERED.table);

  const columns = useColumns(ref, "");
  const usual = useMemo(
    () => (columns.data ? usualColumns(columns.data.columns) : NOT_KNOWN),
    [columns.data],
  );
  const { view, verbs, question } = useRunsView(search, usual);
  const listing = useRunList(ref, question, view.pins, view.visibility);
  const { error } = listing;
  const isGone = isNotFound(error);
  useLiveProject(ref, !isGone);
  const actions = useRunActions(ref);

  const toCharts = () =>
    void navigate({
      to: "/$entity/$project",
      params: ref,
      search: searchOfView("workspace", ref, search),
    });
  const onOpen = useCallback(
    (run: RunRow) =>
      void navigate({ to: "/$entity/$project/runs/$run", params: { ...ref, run: run.id } }),
    [navigate, ref],
  );

  if (error && (!listing.runs || isGone) && !isRefusal(error)) {
    return <ErrorView error={error} onRetry={listing.retry} isPage />;
  }
  return (
    <RunsTableView
      {...verbs}
      project={ref}
      listing={listing}
      view={view}
      actions={actions}
      onOpen={onOpen}
      onCompare={(ids) => void navigate({ href: compareAddress(ref, ids) })}
      tools={<Button onClick={toCharts}>{m.workspace.charts}</Button>}
    />
  );
}
