/** Changes that people make to a run: shown at once, undone from the toast, taken back if refused. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { RunChange, RunDetail } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useToast } from "@/ui/toast";
import { runKey } from "./queries";

type Editable = Pick<RunDetail, "display_name" | "notes" | "tags">;

export interface EditRun {
  rename: (run: RunDetail, name: string) => void;
  setTags: (run: RunDetail, tags: readonly string[]) => void;
  setNotes: (run: RunDetail, notes: string) => void;
}

export function useEditRun(ref: RunRef): EditRun {
  const client = useClient();
  const cache = useQueryClient();
  const toast = useToast();
  const m = useMessages();
  return useMemo(() => {
    const show = (change: Partial<Editable>) =>
      cache.setQueryData<RunDetail>(runKey(ref), (old) => old && { ...old, ...change });

    const save = async (change: Partial<Editable>, before: Partial<Editable>, done: string) => {
      // An answer on its way would bring back the old words.
      await cache.cancelQueries({ queryKey: runKey(ref) });
      show(change);
      try {
        const wanted: RunChange = change;
        cache.setQueryData<RunDetail>(runKey(ref), await client.updateRun(ref, wanted));
        toast({
          title: done,
          action: { label: m.run.undo, onClick: () => void save(before, change, m.run.undone) },
        });
      } catch (error) {
        show(before);
        const detail = error instanceof Error ? error.message : String(error);
        toast({ title: m.run.notSaved, detail, kind: "error" });
      }
      void cache.invalidateQueries({ queryKey: ["runs", ref.entity, ref.project] });
    };

    return {
      rename: ({ display_name }, name) =>
        void save({ display_name: name }, { display_name }, m.run.renamed),
      setTags: ({ tags }, next) => void save({ tags: [...next] }, { tags }, m.run.tagsSaved),
      setNotes: ({ notes }, next) => void save({ notes: next }, { notes }, m.run.notesSaved),
    };
  }, [client, cache, toast, m, ref]);
}
