/** A table that a run saved as a file, inside a page whose code comes without tables. */
import { lazy, Suspense } from "react";
import type { RunRef } from "@/api/client";

const TablePanel = lazy(async () => {
  const { TablePanel: panel } = await import("@/features/media/components/table-panel");
  return { default: panel };
});

export function renderLoggedTable(run: RunRef, path: string, version: string | null) {
  return (
    <Suspense>
      <TablePanel project={run} path={path} version={version} />
    </Suspense>
  );
}
