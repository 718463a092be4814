/** How a person looks at a project's runs, as the address has it, and the verbs that change it. */
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { askedKeys } from "@/features/runs/cells";
import { type Column, formatColumns, parseColumns } from "@/features/runs/columns";
import { isCondition } from "@/features/runs/filter-text";
import type { RunQuestion } from "@/features/runs/model";
import { formatPins, parsePins, togglePin } from "@/features/runs/pins";
import { formatSort, parseSort } from "@/features/runs/sorting";
import { listedKeys, type RunsView, type RunsViewVerbs } from "@/features/runs/view";
import { formatVisibility, parseVisibility } from "@/features/runs/visibility";
import { useStable } from "@/lib/use-stable";

export const RUNS_NAMES = ["q", "filter", "sort", "cols", "pin", "hide", "show", "only"] as const;

export type RunsSearch = { [name in (typeof RUNS_NAMES)[number]]?: string | undefined };

interface ViewOfRuns {
  view: RunsView;
  verbs: RunsViewVerbs;
  question: RunQuestion;
}

/** @param usual The columns where the address names none. A stable list. */
export function useRunsView(search: RunsSearch, usual: readonly Column[]): ViewOfRuns {
  const navigate = useNavigate();
  const { q = "", filter = "", sort = "", cols, pin, hide, show, only } = search;
  const text = filter === "" ? q : filter;
  const pins = useMemo(() => parsePins(pin), [pin]);
  const visibility = useMemo(() => parseVisibility({ hide, show, only }), [hide, show, only]);
  const sortKeys = useMemo(() => parseSort(sort), [sort]);
  const columns = useMemo(() => (cols === undefined ? usual : parseColumns(cols)), [cols, usual]);

  const change = useCallback(
    (next: RunsSearch) =>
      void navigate({ to: ".", search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  const usualText = useMemo(() => formatColumns(usual), [usual]);
  const verbs: RunsViewVerbs = {
    onText: useStable((next: string) =>
      change(
        isCondition(next)
          ? { q: undefined, filter: next }
          : { q: next || undefined, filter: undefined },
      ),
    ),
    onSort: useStable((next) => change({ sort: formatSort(next) || undefined })),
    onColumns: useStable((next) => {
      const nextText = formatColumns(next);
      change({ cols: nextText === usualText ? undefined : nextText });
    }),
    onPin: useStable((id: string) => change({ pin: formatPins(togglePin(pins, id)) })),
    onVisibility: useStable((next) => change(formatVisibility(next))),
  };

  const asked = askedKeys(listedKeys({ columns, sort: sortKeys })).join("\n");
  const question = useMemo(
    () => ({ search: q, filter, sort, columns: asked === "" ? [] : asked.split("\n") }),
    [q, filter, sort, asked],
  );
  const view = useMemo(
    () => ({ text, sort: sortKeys, columns, pins, visibility }),
    [text, sortKeys, columns, pins, visibility],
  );
  return { view, verbs, question };
}
