/** Changes to versions: each says what was done, and how it is taken back. */
import type { ArtifactVersion, CollectionRef, VersionChange } from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { useToast } from "@/ui/toast";
import { numberOf } from "../model";
import { useChangeVersions } from "../queries";

export function useChangeWithUndo(version: ArtifactVersion) {
  const m = useMessages();
  const toast = useToast();
  const { mutate } = useChangeVersions(version);
  const name = numberOf(version);
  const onError = (error: Error) =>
    toast({ kind: "error", title: m.artifacts.notSaved, detail: error.message });
  return (change: VersionChange, back: VersionChange) =>
    mutate(
      { version: name, change },
      {
        onSuccess: () =>
          toast({
            title: change.add_aliases?.[0]
              ? m.artifacts.moved(change.add_aliases[0], name)
              : m.artifacts.saved,
            action: {
              label: m.artifacts.undo,
              onClick: () => mutate({ version: name, change: back }, { onError }),
            },
          }),
        onError,
      },
    );
}

/** Lets an alias stand for a version; taken back, it stands for the one that had it before. */
export function useChangeAliases(at: CollectionRef) {
  const m = useMessages();
  const toast = useToast();
  const { mutate } = useChangeVersions(at);
  const onError = (error: Error) =>
    toast({ kind: "error", title: m.artifacts.notSaved, detail: error.message });
  return (alias: string, index: number, before: number | null) => {
    const give = (to: number): Parameters<typeof mutate>[0] => ({
      version: `v${to}`,
      change: { add_aliases: [alias] },
    });
    const back =
      before === null
        ? { version: `v${index}`, change: { remove_aliases: [alias] } }
        : give(before);
    mutate(give(index), {
      onSuccess: () =>
        toast({
          title: m.artifacts.moved(alias, `v${index}`),
          action: { label: m.artifacts.undo, onClick: () => mutate(back, { onError }) },
        }),
      onError,
    });
  };
}
