/** How the charts stand, as the address has it, and the verbs that change it. */
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Arrangement } from "@/features/workspace/components/workspace";
import { readGrid, writeGrid } from "@/features/workspace/layout";
import { panelId } from "@/features/workspace/sections";
import { joinTexts, splitTexts } from "@/lib/text-list";

export const ARRANGEMENT_NAMES = ["grid", "top", "section"] as const;

export type ArrangementSearch = {
  [name in (typeof ARRANGEMENT_NAMES)[number]]?: string | undefined;
};

export function useArrangement({ grid: gridText, top, section }: ArrangementSearch): Arrangement {
  const navigate = useNavigate();
  const grid = useMemo(() => readGrid(gridText), [gridText]);
  const pinned = useMemo(() => splitTexts(top), [top]);
  const change = (next: ArrangementSearch) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...next }), replace: true });
  return {
    grid,
    pinned,
    only: section ?? null,
    onGrid: (next) => change({ grid: writeGrid(next) }),
    onPin: (panel) => {
      const id = panelId(panel);
      const next = pinned.includes(id) ? pinned.filter((pin) => pin !== id) : [...pinned, id];
      change({ top: joinTexts(next) || undefined });
    },
    onOnly: (next) => change({ section: next ?? undefined }),
  };
}
