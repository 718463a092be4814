/** Changes that people make to a run: shown at once, undone from the toast, taken back if refused. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { BareRun, RunChange } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { type ToastWords, useToast } from "@/ui/toast";
import { runKey } from "./queries";

type Editable = Pick<BareRun, "display_name" | "notes" | "tags">;

export interface EditRun {
  rename: (run: BareRun, name: string) => void;
  setTags: (run: BareRun, tags: readonly string[]) => void;
  setNotes: (run: BareRun, notes: string) => void;
}

export function useEditRun(ref: RunRef): EditRun {
  const client = useClient();
  const cache = useQueryClient();
  const toast = useToast();
  const m = useMessages();
  return useMemo(() => {
    const show = (change: Partial<Editable>) =>
      cache.setQueryData<BareRun>(runKey(ref), (old) => old && { ...old, ...change });

    const undo = (before: Partial<Editable>, after: Partial<Editable>) => ({
      label: m.run.undo,
      onClick: () => void save(before, after, { title: m.run.undone }),
    });
    const save = async (
      change: Partial<Editable>,
      before: Partial<Editable>,
      done: ToastWords,
    ): Promise<void> => {
      // An answer on its way would bring back the old words.
      await cache.cancelQueries({ queryKey: runKey(ref) });
      show(change);
      try {
        const wanted: RunChange = change;
        cache.setQueryData<BareRun>(runKey(ref), await client.updateRun(ref, wanted));
        toast(done);
      } catch (error) {
        show(before);
        const detail = error instanceof Error ? error.message : String(error);
        toast({ title: m.run.notSaved, detail, kind: "error" });
      }
      void cache.invalidateQueries({ queryKey: ["runs", ref.entity, ref.project] });
    };

    const edit = (title: string, change: Partial<Editable>, before: Partial<Editable>) =>
      void save(change, before, { title, action: undo(before, change) });

    return {
      rename: ({ display_name }, name) =>
        edit(m.run.renamed, { display_name: name }, { display_name }),
      setTags: ({ tags }, next) => edit(m.run.tagsSaved, { tags: [...next] }, { tags }),
      setNotes: ({ notes }, next) => edit(m.run.notesSaved, { notes: next }, { notes }),
    };
  }, [client, cache, toast, m, ref]);
}
