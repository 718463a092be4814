import { type RunRef, useClient } from "@/api/client";
import { useMessages } from "@/lib/i18n";
import { useToast } from "@/ui/toast";

/** Takes a run out of the trash. */
export function useRestoreRun({ entity, project, run }: RunRef, onRestored: () => void) {
  const client = useClient();
  const toast = useToast();
  const m = useMessages();
  return () => {
    client
      .changeRuns({ entity, project }, { action: "restore", runs: [run] })
      .then(onRestored, (error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        toast({ title: m.run.notSaved, detail, kind: "error" });
      });
  };
}
