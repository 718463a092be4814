/** The gallery's state as the search part of its address. */
import type { MediaAddress } from "@/features/media/components/media-gallery";
import { joinTexts, splitTexts } from "@/lib/text-list";

export interface MediaSearch {
  q?: string | undefined;
  by?: string | undefined;
  step?: string | undefined;
  sync?: string | undefined;
  open?: string | undefined;
  item?: string | undefined;
  fold?: string | undefined;
}

export const MEDIA_NAMES = ["q", "by", "step", "sync", "open", "item", "fold"] as const;

export function readMediaAddress(search: MediaSearch): MediaAddress {
  const { q, by, step, sync, open, item, fold } = search;
  return {
    search: q ?? "",
    grouping: by === "kind" ? "kind" : "prefix",
    step: readWhole(step),
    isSynced: sync !== "off",
    open: open === undefined ? null : { key: open, item: Math.max(0, (readWhole(item) ?? 1) - 1) },
    folded: new Set(splitTexts(fold)),
  };
}

export function writeMediaAddress(address: MediaAddress): MediaSearch {
  const { search, grouping, step, isSynced, open, folded } = address;
  return {
    q: search === "" ? undefined : search,
    by: grouping === "kind" ? "kind" : undefined,
    step: step === null || !isSynced ? undefined : String(step),
    sync: isSynced ? undefined : "off",
    open: open?.key,
    item: open && open.item > 0 ? String(open.item + 1) : undefined,
    fold: folded.size === 0 ? undefined : joinTexts(folded),
  };
}

export function readWhole(text: string | undefined): number | null {
  const number = Number(text ?? "x");
  return Number.isSafeInteger(number) ? number : null;
}
