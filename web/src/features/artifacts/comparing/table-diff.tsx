/** Rows of a table that differ between two versions, and which of their cells. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import type { CollectionRef, Pair, RowChange, TableDiffPage } from "@/api/artifacts";
import { useClient } from "@/api/client";
import { formatInteger } from "@/lib/format";
import type { GridColumn } from "@/ui/grid/data-grid";
import { PagedGrid } from "@/ui/grid/paged-grid";
import { Notice } from "@/ui/notice";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { useWords } from "../words/use-words";
import { rowCell } from "./model";
import styles from "./version-diff.module.css";

interface TableDiffProps {
  at: CollectionRef;
  pair: Pair;
  path: string;
  /** What it was called before. */
  oldPath: string;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

const PAGE = 200;
const ROW = 44;
const SIGNS = { added: "+", removed: "−", changed: "~" };
const CHARACTER = 7.2;
/** No column is called so. */
const BY_PLACE = "\u0000";

export function TableDiff({ at, pair, path, oldPath, renderError }: TableDiffProps) {
  const w = useWords();
  const client = useClient();
  const [key, setKey] = useState<string | null | undefined>(undefined);
  const find = { path, oldPath, key, limit: PAGE };
  const { data, error, refetch } = useQuery({
    queryKey: ["table-diff", at, pair, find],
    queryFn: ({ signal }) => client.diffTables(at, pair, { ...find, offset: 0 }, signal),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo(() => (data ? columnsOf(data) : []), [data]);
  if (error) return renderError(error, () => void refetch());
  if (!data) {
    return (
      <div className={styles.waiting} aria-hidden="true">
        <Skeleton width={260} />
      </div>
    );
  }
  return (
    <div className={styles.table}>
      <div className={styles.tableBar}>
        <span>
          {w.diff.rowCounts(
            formatInteger(data.num_added),
            formatInteger(data.num_removed),
            formatInteger(data.num_changed),
            formatInteger(data.num_same),
          )}
        </span>
        <span className={styles.grow} />
        <span className={styles.joined}>{w.diff.joinBy}</span>
        <Select
          label={w.diff.joinBy}
          value={data.key ?? BY_PLACE}
          options={[
            { value: BY_PLACE, label: w.diff.byPlace },
            ...data.keys.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(name) => setKey(name === BY_PLACE ? null : name)}
        />
      </div>
      {data.total === 0 ? (
        <Notice title={w.diff.sameRows} />
      ) : (
        <PagedGrid
          key={data.key ?? ""}
          label={path}
          columns={columns}
          numRows={data.total}
          rowHeight={ROW}
          pageSize={PAGE}
          firstPage={data.rows}
          loadPage={async (page, signal) =>
            (await client.diffTables(at, pair, { ...find, offset: page * PAGE }, signal)).rows
          }
          cell={(row, column) =>
            column === 0 ? (
              <span className={styles.sign} data-kind={row.change}>
                <span aria-hidden="true">{SIGNS[row.change]}</span>
                <span className="visually-hidden">{w.diff[row.change]}</span>
              </span>
            ) : (
              <Cell row={row} column={column - 1} columns={data.columns} />
            )
          }
        />
      )}
    </div>
  );
}

interface CellProps {
  row: RowChange;
  column: number;
  columns: TableDiffPage["columns"];
}

function Cell({ row, column, columns }: CellProps) {
  const { before, after } = rowCell(row, column, columns);
  const isMarked = row.change !== "changed" || before !== null;
  return (
    <span className={styles.cell} title={[before, after].filter((one) => one !== null).join(" → ")}>
      {before !== null && (
        <del className={styles.old} dir="auto">
          {before}
        </del>
      )}
      {after !== null &&
        (isMarked ? (
          <ins className={styles.new} dir="auto">
            {after}
          </ins>
        ) : (
          <span dir="auto">{after}</span>
        ))}
    </span>
  );
}

function columnsOf(data: TableDiffPage): GridColumn[] {
  const { columns, rows } = data;
  return [
    { name: "", isNumber: false, width: 34 },
    ...columns.map(({ name, type }, index) => {
      const longest = rows.slice(0, 50).reduce((most, row) => {
        const { before, after } = rowCell(row, index, columns);
        return Math.max(most, before?.length ?? 0, after?.length ?? 0);
      }, name.length);
      const width = Math.min(Math.max(28 + longest * CHARACTER, 76), 320);
      return { name, isNumber: type === "number", width };
    }),
  ];
}
