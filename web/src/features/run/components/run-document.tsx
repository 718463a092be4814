/** A run's config or summary. What is long comes in parts, and is searched where it lies. */
import { type ReactNode, useMemo, useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { RunDocument as Which } from "@/api/runs";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { ErrorNotice } from "@/ui/notice";
import { useDocument, useTablesOfCharts } from "../queries";
import { MAX_INLINE, ValueTree } from "./value-tree";

interface RunDocumentProps {
  runRef: RunRef;
  /** Of the run: where it changed, so may the document. */
  seq: number;
  which: Which;
  isPane?: boolean;
  mediaLink?: ((key: string, label: string) => ReactNode) | undefined;
}

/** Values at a time where one scrolls through them. */
const AT_A_TIME = 1000;

export function RunDocument({ runRef, seq, which, isPane = false, mediaLink }: RunDocumentProps) {
  const m = useMessages();
  const client = useClient();
  const limit = isPane ? AT_A_TIME : MAX_INLINE;
  const [wanted, setWanted] = useState("");
  const [text, setText] = useSearchText(wanted, setWanted);
  const whole = useDocument(runRef, seq, which, { search: "", limit });
  // What is here as a whole is searched here, as one types.
  const isCut = whole.newest !== undefined && whole.newest.total > count(whole.values);
  const found = useDocument(runRef, seq, which, { search: isCut ? wanted : "", limit });
  const shown = isCut ? found : whole;
  const title = m.run[which];
  const tables = useTablesOfCharts(runRef, which === "summary");
  const aside = useMemo(() => ({ name: m.media.ofCharts, keys: tables }), [m, tables]);
  if (whole.error && !whole.values) {
    return (
      <ErrorNotice
        title={title}
        detail={whole.error.message}
        onRetry={() => void whole.refetch()}
      />
    );
  }
  return (
    <ValueTree
      title={title}
      document={shown.values}
      emptyText={which === "config" ? m.run.noConfig : m.run.noSummary}
      isPane={isPane}
      mediaLink={mediaLink}
      aside={aside}
      rest={
        isCut && shown.newest
          ? {
              total: shown.newest.total,
              numFound: shown.newest.num_found,
              search: text,
              onSearch: setText,
              onMore: () => {
                if (shown.hasNextPage && !shown.isFetchingNextPage) void shown.fetchNextPage();
              },
              loadAll: async () => (await client.getRun(runRef))[which],
            }
          : undefined
      }
    />
  );
}

function count(values: object | undefined): number {
  return Object.keys(values ?? {}).length;
}
