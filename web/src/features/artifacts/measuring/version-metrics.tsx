/** Metrics over a collection's versions: which one is best, and how it came to that. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import type { ArtifactMetrics, CollectionRef } from "@/api/artifacts";
import { formatExact, formatInteger, formatNumber, MISSING } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Notice } from "@/ui/notice";
import { Popover } from "@/ui/popover";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { RunLink } from "../components/links";
import { useChangeAliases } from "../components/use-change-version";
import { useVersionMetrics } from "../queries";
import type { Words } from "../words/en";
import { useWords } from "../words/use-words";
import styles from "./metrics.module.css";
import { MetricsChart } from "./metrics-chart";
import {
  bestOf,
  type Goal,
  goalOf,
  isAmbiguous,
  likelyMetric,
  type MeasuredRow,
  type MetricsView,
  metricKey,
  metricName,
  rowsOf,
  sortRows,
  tellsApart,
} from "./model";

export interface MetricsParts {
  view: MetricsView;
  onView: (change: Partial<MetricsView>) => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

interface VersionMetricsProps extends MetricsParts {
  at: CollectionRef & { type: string };
}

const BEST = "best";

export function VersionMetrics({ at, view, onView, renderError }: VersionMetricsProps) {
  const w = useWords();
  // What is drawn has to be read, also where it is no column.
  const asked = useMemo(() => askedFor(view), [view]);
  const { data, error, refetch } = useVersionMetrics(at, asked);
  const rows = useMemo(() => (data ? rowsOf(data) : []), [data]);
  if (error && !data) return renderError(error, () => void refetch());
  if (!data) {
    return (
      <div className={styles.waiting} aria-hidden="true">
        {[240, 320, 280].map((width) => (
          <Skeleton key={width} width={width} />
        ))}
      </div>
    );
  }
  if (data.metrics.length === 0)
    return <Notice title={w.metrics.none}>{w.metrics.noneHint}</Notice>;
  const columns = view.metrics.length > 0 ? view.metrics : data.chosen.map(metricName);
  const by = view.by ?? likelyMetric(columns);
  const goal = view.goal ?? goalOf(by);
  const best = bestOf(rows, by, goal);
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <span className={styles.label}>{w.metrics.best}</span>
        <Select
          label={w.metrics.best}
          value={by}
          options={optionsOf(data, by, w)}
          onChange={(next) => onView({ by: next, goal: undefined })}
        />
        <Segmented
          label={w.metrics.goal}
          options={[
            { value: "highest", label: w.metrics.highest },
            { value: "lowest", label: w.metrics.lowest },
          ]}
          value={goal}
          onChange={(next: Goal) => onView({ goal: next })}
        />
        <Best at={at} rows={rows} best={best} by={by} />
        <span className={styles.grow} />
        <Segmented
          label={w.metrics.horizontal}
          options={[
            { value: "version", label: w.metrics.byVersion },
            { value: "time", label: w.metrics.byTime },
          ]}
          value={view.x}
          onChange={(x: MetricsView["x"]) => onView({ x })}
        />
        <Chooser data={data} columns={columns} onChange={(metrics) => onView({ metrics })} />
      </div>
      <MetricsChart at={at} rows={rows} metric={by} x={view.x} best={best} />
      {data.versions.length < data.total && (
        <p className={styles.note}>{w.metrics.newest(data.versions.length, data.total)}</p>
      )}
      <MetricsTable
        at={at}
        rows={rows}
        columns={columns}
        view={view}
        by={by}
        goal={goal}
        onView={onView}
      />
    </div>
  );
}

function askedFor({ metrics, by }: MetricsView): string[] {
  if (metrics.length === 0) return [];
  return by === undefined || metrics.includes(by) ? [...metrics] : [...metrics, by];
}

function sourceOf(name: string, w: Words): string {
  return name.startsWith("metadata.") ? w.metrics.fromMetadata : w.metrics.fromSummary;
}

function optionsOf({ metrics, versions }: ArtifactMetrics, by: string, w: Words) {
  const names = metrics.map(metricName);
  const listed = metrics.map((one) => {
    const name = metricName(one);
    const coverage = `${formatInteger(one.num_versions)}/${formatInteger(versions.length)}`;
    const detail = isAmbiguous(name, names) ? `${sourceOf(name, w)} · ${coverage}` : coverage;
    return { value: name, label: one.key, detail };
  });
  return listed.some(({ value }) => value === by)
    ? listed
    : [{ value: by, label: metricKey(by) }, ...listed];
}

interface BestProps {
  at: CollectionRef;
  rows: readonly MeasuredRow[];
  best: MeasuredRow | null;
  by: string;
}

function Best({ at, rows, best, by }: BestProps) {
  const w = useWords();
  const call = useChangeAliases(at);
  if (best === null) return <span className={styles.label}>{w.metrics.noBest(metricKey(by))}</span>;
  const value = best.values.get(by) ?? null;
  const had = rows.find(({ aliases }) => aliases.includes(BEST));
  return (
    <>
      <strong className={styles.best}>
        {w.metrics.isBest(`v${best.index}`, metricKey(by), formatNumber(value))}
      </strong>
      {!best.aliases.includes(BEST) && (
        <Button onClick={() => call(BEST, best.index, had?.index ?? null)}>
          {w.metrics.setAlias(BEST)}
        </Button>
      )}
    </>
  );
}

interface ChooserProps {
  data: ArtifactMetrics;
  columns: readonly string[];
  onChange: (metrics: readonly string[]) => void;
}

function Chooser({ data, columns, onChange }: ChooserProps) {
  const w = useWords();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  return (
    <Popover label={w.metrics.choose} align="end" trigger={<Button>{w.metrics.metrics}</Button>}>
      <div className={styles.chooser}>
        <SearchField label={w.metrics.search} value={search} onChange={setSearch} />
        <ul className={styles.choices}>
          {data.metrics
            .filter(({ key }) => key.toLowerCase().includes(wanted))
            .map((one) => {
              const name = metricName(one);
              const isOn = columns.includes(name);
              return (
                <li key={name} className={styles.choice}>
                  <Checkbox
                    label={one.key}
                    checked={isOn}
                    onChange={(checked) =>
                      onChange(
                        checked ? [...columns, name] : columns.filter((other) => other !== name),
                      )
                    }
                  />
                  <span className={styles.from}>
                    {sourceOf(name, w)}
                    {" · "}
                    {w.metrics.coverage(one.num_versions, data.versions.length)}
                  </span>
                </li>
              );
            })}
        </ul>
      </div>
    </Popover>
  );
}

interface MetricsTableProps {
  at: CollectionRef & { type: string };
  rows: readonly MeasuredRow[];
  columns: readonly string[];
  view: MetricsView;
  by: string;
  goal: Goal;
  onView: (change: Partial<MetricsView>) => void;
}

function MetricsTable({ at, rows, columns, view, by, goal, onView }: MetricsTableProps) {
  const w = useWords();
  const m = useMessages();
  const goalFor = (name: string) => (name === by ? goal : goalOf(name));
  const sorted = sortRows(rows, view.sort, goalFor(view.sort ?? by));
  const best = new Map(
    columns
      .filter((name) => tellsApart(rows, name))
      .map((name) => [name, bestOf(rows, name, goalFor(name))]),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
    <section className={styles.scroll} aria-label={w.pages.metrics} tabIndex={0}>
      <table className={styles.table} aria-label={w.pages.metrics}>
        <thead>
          <tr>
            <th scope="col" aria-sort={view.sort === undefined ? "descending" : undefined}>
              <button type="button" onClick={() => onView({ sort: undefined })}>
                {m.artifacts.version}
              </button>
            </th>
            <th scope="col">{m.artifacts.aliases}</th>
            {columns.map((name) => (
              <th
                key={name}
                scope="col"
                className={styles.number}
                title={name}
                aria-sort={sortOf(name === view.sort, goalFor(name))}
              >
                <button
                  type="button"
                  aria-label={w.metrics.sortBy(
                    isAmbiguous(name, columns)
                      ? `${metricKey(name)} (${sourceOf(name, w)})`
                      : metricKey(name),
                  )}
                  onClick={() => onView({ sort: name === view.sort ? undefined : name })}
                >
                  <bdi>{metricKey(name)}</bdi>
                  {isAmbiguous(name, columns) && (
                    <span className={styles.source}>{sourceOf(name, w)}</span>
                  )}
                </button>
              </th>
            ))}
            <th scope="col">{m.artifacts.run}</th>
            <th scope="col" className={styles.number}>
              {m.artifacts.created}
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.index}>
              <th scope="row">
                <Link
                  to="/$entity/$project/artifacts/$type/$collection/$version"
                  params={{
                    entity: at.entity,
                    project: at.project,
                    type: at.type,
                    collection: at.collection,
                    version: `v${row.index}`,
                  }}
                >
                  {`v${row.index}`}
                </Link>
              </th>
              <td>
                <span className={styles.aliases}>
                  {row.aliases.map((alias) => (
                    <Tag key={alias}>{alias}</Tag>
                  ))}
                </span>
              </td>
              {columns.map((name) => (
                <Value
                  key={name}
                  value={row.values.get(name) ?? null}
                  isBest={best.get(name) === row}
                />
              ))}
              <td className={styles.run}>{row.loggedBy && <RunLink run={row.loggedBy} />}</td>
              <td className={styles.number}>
                <TimeAgo at={row.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function sortOf(isOn: boolean, goal: Goal): "ascending" | "descending" | undefined {
  if (!isOn) return undefined;
  return goal === "highest" ? "descending" : "ascending";
}

function Value({ value, isBest }: { value: number | null; isBest: boolean }) {
  return (
    <td
      className={styles.number}
      data-best={isBest}
      title={value === null ? undefined : formatExact(value)}
    >
      {value === null ? MISSING : formatNumber(value)}
      {isBest && <span aria-hidden="true">{" ★"}</span>}
    </td>
  );
}
