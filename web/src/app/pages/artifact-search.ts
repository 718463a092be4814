/** What the pages of an artifact show beside its versions, to and from the address. */
import { DIFF_PARTS, type DiffView, KINDS } from "@/features/artifacts/comparing/model";
import type { MetricsView } from "@/features/artifacts/measuring/model";
import { COLLECTION_PAGES, type CollectionPage } from "@/features/artifacts/model";
import { joinTexts, splitTexts } from "@/lib/text-list";

export interface ArtifactSearch {
  show?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  part?: string | undefined;
  file?: string | undefined;
  change?: string | undefined;
  find?: string | undefined;
  metrics?: string | undefined;
  by?: string | undefined;
  goal?: string | undefined;
  x?: string | undefined;
  sort?: string | undefined;
}

export function readPage({ show }: ArtifactSearch): CollectionPage {
  return COLLECTION_PAGES.find((page) => page === show) ?? "versions";
}

/** Versions are what is shown where nothing is said; what belongs to other pages goes with them. */
export function writePage(page: CollectionPage): ArtifactSearch {
  return page === "versions" ? {} : { show: page };
}

export function readDiff({ from, to, part, file, change, find }: ArtifactSearch): DiffView {
  return {
    from,
    to,
    part: DIFF_PARTS.find((one) => one === part) ?? "files",
    file,
    change: KINDS.find((one) => one === change),
    find,
  };
}

export function writeDiff({ part, ...view }: DiffView): ArtifactSearch {
  return { show: "compare", ...view, part: part === "files" ? undefined : part };
}

export function readMetrics({ metrics, by, goal, x, sort }: ArtifactSearch): MetricsView {
  return {
    metrics: splitTexts(metrics),
    by,
    goal: goal === "highest" || goal === "lowest" ? goal : undefined,
    x: x === "time" ? "time" : "version",
    sort,
  };
}

export function writeMetrics({ metrics, by, goal, x, sort }: MetricsView): ArtifactSearch {
  return {
    show: "metrics",
    metrics: joinTexts(metrics) || undefined,
    by,
    goal,
    x: x === "time" ? x : undefined,
    sort,
  };
}
