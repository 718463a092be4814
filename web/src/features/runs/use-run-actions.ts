/** What people do to runs. Lists show it at once; the server's word follows. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ProjectRef, useClient } from "@/api/client";
import type { BulkChange, RunChange, RunRow } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { useToast } from "@/ui/toast";
import { withoutRuns, withRun } from "./model";
import { type RunsCache, runsKey } from "./queries";

export interface RunActions {
  rename: (run: RunRow, name: string) => void;
  setTags: (run: RunRow, tags: readonly string[]) => void;
  setNotes: (run: RunRow, notes: string) => void;
  addTag: (ids: readonly string[], tag: string) => void;
  removeTag: (ids: readonly string[], tag: string) => void;
  /** @param group Empty: out of any. */
  setGroup: (ids: readonly string[], group: string) => void;
  stop: (run: RunRow) => void;
  /** To the trash; the toast brings them back. */
  remove: (runs: readonly RunRow[]) => void;
}

/** As many as the server takes at once. */
const AT_ONCE = 1000;

export function useRunActions({ entity, project }: ProjectRef): RunActions {
  const client = useClient();
  const cache = useQueryClient();
  const toast = useToast();
  const m = useMessages();
  return useMemo(() => {
    const ref = { entity, project };
    const lists = { queryKey: [...runsKey(ref), "list"] };
    const reload = () => cache.invalidateQueries({ queryKey: runsKey(ref) });
    const change = (edit: (pages: RunsCache["pages"]) => RunsCache["pages"]) =>
      cache.setQueriesData<RunsCache>(lists, (old) => old && { ...old, pages: edit(old.pages) });
    const failed = (reason: unknown) => {
      const detail = reason instanceof Error ? reason.message : String(reason);
      toast({ title: m.runs.notChanged, detail, kind: "error" });
      // What was shown at once is not so.
      void reload();
    };
    const update = (run: RunRow, wanted: RunChange, shown: Partial<RunRow>) => {
      change((pages) => withRun(pages, run.id, (row) => ({ ...row, ...shown })));
      client
        .updateRun({ ...ref, run: run.id }, wanted)
        .then(() => cache.invalidateQueries({ queryKey: ["run", entity, project, run.id] }))
        .catch(failed);
    };
    const inBulk = async (ids: readonly string[], wanted: Omit<BulkChange, "runs">) => {
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        await client.changeRuns(ref, { ...wanted, runs: ids.slice(from, from + AT_ONCE) });
      }
      await reload();
    };
    const restore = (ids: readonly string[]) =>
      void inBulk(ids, { action: "restore" }).catch(failed);

    return {
      rename: (run, name) => update(run, { display_name: name }, { display_name: name }),
      setTags: (run, tags) => update(run, { tags: [...tags] }, { tags: [...tags] }),
      setNotes: (run, notes) => update(run, { notes }, { values: { ...run.values, notes } }),
      addTag: (ids, tag) => {
        inBulk(ids, { action: "add_tags", tags: [tag] })
          .then(() => toast({ title: m.runs.tagged(ids.length, tag) }))
          .catch(failed);
      },
      removeTag: (ids, tag) => {
        inBulk(ids, { action: "remove_tags", tags: [tag] })
          .then(() => toast({ title: m.runs.untagged(ids.length, tag) }))
          .catch(failed);
      },
      setGroup: (ids, group) => {
        inBulk(ids, { action: "set_group", group: group === "" ? null : group })
          .then(() => toast({ title: m.runs.grouped(ids.length, group) }))
          .catch(failed);
      },
      stop: (run) => {
        client
          .stopRun({ ...ref, run: run.id })
          .then(() => toast({ title: m.runs.stopping(runName(run)), detail: m.runs.stoppingHint }))
          .catch(failed);
      },
      remove: (runs) => {
        const ids = runs.map(({ id }) => id);
        const [first] = runs;
        if (!first) return;
        change((pages) => withoutRuns(pages, new Set(ids)));
        inBulk(ids, { action: "delete" })
          .then(() =>
            toast({
              title: m.runs.deleted(ids.length, runName(first)),
              action: { label: m.runs.undo, onClick: () => restore(ids) },
            }),
          )
          .catch(failed);
      },
    };
  }, [client, cache, toast, m, entity, project]);
}
