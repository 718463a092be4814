/** What can be done to the selected runs. */
import { useState } from "react";
import type { RunRow } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import type { RunActions } from "../use-run-actions";
import styles from "./bulk-bar.module.css";
import { TextDialog } from "./text-dialog";

interface BulkBarProps {
  /** The selected ones, in the order of the list. */
  runs: readonly RunRow[];
  /** All that are loaded: their tags and groups are offered. */
  others: readonly RunRow[];
  actions: RunActions;
  onOnly: (ids: readonly string[]) => void;
  onHide: (ids: readonly string[]) => void;
  onCompare: (ids: readonly string[]) => void;
  onClear: () => void;
}

type Asking = "tag" | "group";

export function BulkBar(props: BulkBarProps) {
  const { runs, others, actions, onClear } = props;
  const m = useMessages();
  const [asking, setAsking] = useState<Asking | null>(null);
  const ids = runs.map(({ id }) => id);
  const tags = unique(runs.flatMap((run) => run.tags));
  return (
    <div className={styles.bar} role="toolbar" aria-label={m.runs.selected(runs.length)}>
      <output className={styles.count}>{m.runs.selected(runs.length)}</output>
      <span className={styles.tools}>
        <IconButton icon="focus" label={m.runs.showOnly} onClick={() => props.onOnly(ids)} />
        <IconButton icon="eyeOff" label={m.runs.hideSelected} onClick={() => props.onHide(ids)} />
        <IconButton
          icon="compare"
          label={runs.length < 2 ? m.runs.compareTwo : m.runs.compare}
          disabled={runs.length < 2}
          onClick={() => props.onCompare(ids)}
        />
        <Menu
          label={m.runs.moreActions}
          align="end"
          trigger={<IconButton icon="more" label={m.runs.moreActions} />}
          items={[
            { label: m.runs.addTag, icon: "tag", onSelect: () => setAsking("tag") },
            { label: m.runs.moveToGroup, icon: "folder", onSelect: () => setAsking("group") },
            ...(tags.length > 0 ? ["separator" as const, { heading: m.runs.removeTag }] : []),
            ...tags.map((tag) => ({
              label: tag,
              icon: "close" as const,
              onSelect: () => actions.removeTag(ids, tag),
            })),
            "separator",
            {
              label: m.runs.delete,
              icon: "trash",
              isDanger: true,
              onSelect: () => {
                actions.remove(runs);
                onClear();
              },
            },
          ]}
        />
        <IconButton icon="close" label={m.runs.clearSelection} onClick={onClear} />
      </span>
      {asking === "tag" && (
        <TextDialog
          title={m.runs.addTag}
          label={m.runs.tag}
          suggestions={unique(others.flatMap((run) => run.tags))}
          onClose={() => setAsking(null)}
          onText={(tag) => actions.addTag(ids, tag)}
        />
      )}
      {asking === "group" && (
        <TextDialog
          title={m.runs.moveToGroup}
          label={m.runs.group}
          hint={m.runs.groupHint}
          isEmptyAllowed
          suggestions={unique(others.flatMap(({ group }) => group ?? []))}
          onClose={() => setAsking(null)}
          onText={(group) => actions.setGroup(ids, group)}
        />
      )}
    </div>
  );
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
