/** How a person looks at a project's runs: what the address says, and the verbs that change it. */
import type { Column } from "./columns";
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

export interface RunsViewVerbs {
  onText: (text: string) => void;
  onSort: (sort: readonly SortKey[]) => void;
  onColumns: (columns: readonly Column[]) => void;
  onPin: (id: string) => void;
  onVisibility: (visibility: Visibility) => void;
}
