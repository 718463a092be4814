/** How a person looks at a project's runs: what the address says, and the verbs that change it. */
import { arrangeColumns, type Column, NAME } from "./columns";
import type { SortKey } from "./sorting";
import type { Visibility } from "./visibility";

export interface RunsView {
  /** Of the search field: words, or a condition. */
  text: string;
  sort: readonly SortKey[];
  columns: readonly Column[];
  /** Ids of the runs on top. */
  pins: readonly string[];
  visibility: Visibility;
}

/**
 * The keys whose values the narrow list shows beside the name: what it is sorted by first, since
 * that is what a person looks for, then the chosen columns.
 */
export function listedKeys({ columns, sort }: Pick<RunsView, "columns" | "sort">): string[] {
  const sorted = sort.map(({ key }) => key);
  const chosen = arrangeColumns(columns).map(({ key }) => key);
  const extra = sorted.filter((key) => !chosen.includes(key) && key !== "created_at");
  return [...extra, ...chosen].filter((key) => key !== NAME);
}

export interface RunsViewVerbs {
  onText: (text: string) => void;
  onSort: (sort: readonly SortKey[]) => void;
  onColumns: (columns: readonly Column[]) => void;
  onPin: (id: string) => void;
  onVisibility: (visibility: Visibility) => void;
}
