/** A table that was saved as a file: rows come from the server as they are scrolled into sight. */
import { useMemo } from "react";
import { useClient } from "@/api/client";
import type { Media, TablePage } from "@/api/media";
import type { FileOwner } from "@/api/transport";
import { readSpecialFloat } from "@/lib/float";
import { formatExact, formatNumber } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import type { GridColumn } from "@/ui/grid/data-grid";
import { PagedGrid } from "@/ui/grid/paged-grid";
import { Notice } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { TABLE_PAGE, useTable } from "../queries";
import styles from "./table-panel.module.css";

interface TablePanelProps {
  project: FileOwner;
  path: string;
  version: string | null;
  renderError?: (error: Error, retry: () => void) => React.ReactNode;
}

interface Row {
  cells: readonly unknown[];
  /** Cells that hold media, by column. */
  media: ReadonlyMap<number, Media>;
}

const PLAIN_ROW = 28;
const PICTURE_ROW = 72;

export function TablePanel({ project, path, version, renderError }: TablePanelProps) {
  const m = useMessages();
  const client = useClient();
  const { data, error, refetch } = useTable(project, path, version);
  const first = useMemo(() => (data ? rowsOf(data) : []), [data]);
  const columns = useMemo(() => (data ? columnsOf(data) : []), [data]);
  if (error) {
    return renderError ? (
      renderError(error, () => void refetch())
    ) : (
      <Notice title={m.media.noTable}>{error.message}</Notice>
    );
  }
  if (!data) {
    return (
      <div className={styles.loading}>
        <Skeleton width="60%" />
      </div>
    );
  }
  if (data.total_rows === 0) return <Notice title={m.media.noRows} />;
  const hasPictures = data.media.some(({ media }) => media.kind === "image");
  return (
    <PagedGrid
      label={path}
      columns={columns}
      numRows={data.total_rows}
      rowHeight={hasPictures ? PICTURE_ROW : PLAIN_ROW}
      pageSize={TABLE_PAGE}
      firstPage={first}
      loadPage={async (page, signal) => {
        const where = { offset: page * TABLE_PAGE, limit: TABLE_PAGE };
        return rowsOf(await client.readTable(project, path, where, signal));
      }}
      cell={(row, column) => {
        const media = row.media.get(column);
        return media ? (
          <MediaCell project={project} media={media} />
        ) : (
          <PlainCell value={row.cells[column]} />
        );
      }}
    />
  );
}

function rowsOf({ rows, media, offset }: TablePage): Row[] {
  const byRow = new Map<number, Map<number, Media>>();
  for (const { row, column, media: medium } of media) {
    const cells = byRow.get(row) ?? new Map<number, Media>();
    byRow.set(row, cells.set(column, medium));
  }
  const none = new Map<number, Media>();
  return rows.map((cells, i) => ({ cells, media: byRow.get(offset + i) ?? none }));
}

/** In pixels: of a text on average, and of a digit, which are all as wide. */
const CHARACTER = 7.2;
const DIGIT = 8.2;

/** As wide as the heading and the first rows ask for, within reason. */
function columnsOf({ columns, rows }: TablePage): GridColumn[] {
  return columns.map(({ name, type }, index) => {
    const longest = rows
      .slice(0, 50)
      .reduce((most, row) => Math.max(most, cellText(row[index]).length), name.length);
    const isMedia = rows.some((row) => isRecord(row[index]));
    const isNumber = type === "number";
    const width = isMedia ? 120 : 24 + longest * (isNumber ? DIGIT : CHARACTER);
    return { name, isNumber, width: Math.min(Math.max(width, 72), 360) };
  });
}

function PlainCell({ value }: { value: unknown }) {
  const text = cellText(value);
  const exact = typeof value === "number" ? formatExact(value) : text;
  return (
    <span className={styles.text} data-empty={value === null} title={exact} dir="auto">
      {text}
    </span>
  );
}

function cellText(value: unknown): string {
  const special = readSpecialFloat(value);
  if (special !== null) return formatNumber(special);
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? String(value).replace("-", "\u2212") : formatNumber(value);
  }
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value);
}

function MediaCell({ project, media }: { project: FileOwner; media: Media }) {
  const m = useMessages();
  const client = useClient();
  const item = media.items[0];
  if (!item?.file) return <span className={styles.kind}>{m.media.notArrived}</span>;
  const { name, md5 } = item.file;
  switch (media.kind) {
    case "image":
      return (
        <img
          className={styles.picture}
          src={client.fileUrl(project, name, "show", md5)}
          alt={item.caption ?? ""}
          title={item.caption ?? undefined}
          loading="lazy"
          data-pixels={(item.width ?? 999) <= 64}
        />
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: the client has no way to log captions with a sound
        <audio
          className={styles.sound}
          src={client.fileUrl(project, name, "show", md5)}
          controls
          preload="none"
        />
      );
    default:
      return (
        <a href={client.fileUrl(project, name, "save")} download>
          {m.media.kinds[media.kind]}
        </a>
      );
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && readSpecialFloat(value) === null;
}
