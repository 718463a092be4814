/** What a run's menu offers, in the list and in the table. */
import type { RunRow } from "@/api/types";
import { copyText } from "@/lib/copy-text";
import type { Catalogue } from "@/lib/messages/en";
import type { MenuEntry } from "@/ui/menu";
import { runAddress } from "./run-address";
import type { RunActions } from "./use-run-actions";

export interface RowVerbs {
  onOpen: (run: RunRow) => void;
  onToggle: (id: string) => void;
  onSolo: (id: string) => void;
  onPin: (id: string) => void;
  onRename: (run: RunRow) => void;
  onTags: (run: RunRow) => void;
  onSelect: (id: string, isRange: boolean) => void;
}

interface RowState {
  isVisible: boolean;
  isPinned: boolean;
}

export function rowMenu(
  run: RunRow,
  { isVisible, isPinned }: RowState,
  verbs: RowVerbs,
  actions: RunActions,
  { runs: m }: Catalogue,
): MenuEntry[] {
  const isLive = run.state === "running" || run.state === "pending";
  return [
    { label: m.open, icon: "open", shortcut: "o", onSelect: () => verbs.onOpen(run) },
    {
      label: isVisible ? m.hideRun : m.showRun,
      icon: isVisible ? "eyeOff" : "eye",
      shortcut: "v",
      onSelect: () => verbs.onToggle(run.id),
    },
    { label: m.solo, icon: "focus", shortcut: "s", onSelect: () => verbs.onSolo(run.id) },
    {
      label: isPinned ? m.unpin : m.pin,
      icon: "pin",
      shortcut: "p",
      onSelect: () => verbs.onPin(run.id),
    },
    {
      label: m.selectRun,
      icon: "check",
      shortcut: "x",
      onSelect: () => verbs.onSelect(run.id, false),
    },
    "separator",
    { label: m.rename, icon: "pencil", shortcut: "F2", onSelect: () => verbs.onRename(run) },
    { label: m.tags, icon: "tag", onSelect: () => verbs.onTags(run) },
    {
      label: m.copyLink,
      icon: "link",
      onSelect: () => void copyText(window.location.origin + runAddress(run)),
    },
    { label: m.copyId, icon: "copy", onSelect: () => void copyText(run.id) },
    "separator",
    ...(isLive
      ? [{ label: m.stop, icon: "stop" as const, onSelect: () => actions.stop(run) }]
      : []),
    { label: m.delete, icon: "trash", isDanger: true, onSelect: () => actions.remove([run]) },
  ];
}
