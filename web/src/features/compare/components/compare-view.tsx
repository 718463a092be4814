/** Runs side by side: what they have in common is left out unless it is asked for. */
import { type ReactNode, useMemo } from "react";
import { copyText as toClipboard } from "@/lib/copy-text";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { Switch } from "@/ui/switch";
import { useToast } from "@/ui/toast";
import { buildSections } from "../facts";
import { copyText, moveItem, type Section, type TextFormat, tableRows } from "../model";
import { type LoadedRun, useComparedRuns, useGoals } from "../queries";
import { addressText, type Place, type RunAddress, writeRuns } from "../refs";
import { CodeComparison } from "./code-comparison";
import { CompareTable, type TableColumn } from "./compare-table";
import styles from "./compare-view.module.css";
import { RunPicker } from "./run-picker";

export interface CompareViewProps {
  place: Place;
  runs: readonly RunAddress[];
  onRuns: (runs: readonly RunAddress[]) => void;
  /** As it stands in the address; the first run if it is none of them. */
  baseline: string | undefined;
  onBaseline: (baseline: string | undefined) => void;
  onlyDifferences: boolean;
  onOnlyDifferences: (only: boolean) => void;
  search: string;
  onSearch: (text: string) => void;
  folded: ReadonlySet<string>;
  onFolded: (folded: ReadonlySet<string>) => void;
  view: "values" | "code";
  onView: (view: "values" | "code") => void;
  renderRunLink: (run: RunAddress, children: ReactNode) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function CompareView(props: CompareViewProps) {
  const { runs, view, renderError } = props;
  const m = useMessages();
  const loaded = useComparedRuns(runs);
  const failed = loaded.length > 0 && loaded.every(({ error, run }) => error && !run);
  return (
    <div className={styles.page}>
      <Toolbar {...props} loaded={loaded} />
      {runs.length === 0 ? (
        <Notice title={m.compare.none} action={<RunPicker {...props} isPrimary />}>
          {m.compare.noneHint}
        </Notice>
      ) : failed && loaded[0]?.error ? (
        renderError(loaded[0].error, () => loaded.map(({ retry }) => retry()))
      ) : view === "code" ? (
        <CodeComparison runs={loaded} renderError={renderError} />
      ) : (
        <Values {...props} loaded={loaded} />
      )}
    </div>
  );
}

type PartProps = CompareViewProps & { loaded: readonly LoadedRun[] };

function Toolbar(props: PartProps) {
  const { runs, view, onView, search, onSearch, onlyDifferences, onOnlyDifferences } = props;
  const m = useMessages();
  return (
    <header className={styles.bar}>
      <h1 className={styles.title}>{m.compare.title}</h1>
      {runs.length > 0 && <RunPicker {...props} />}
      {runs.length > 0 && (
        <Segmented
          label={m.compare.view}
          options={[
            { value: "values", label: m.compare.values },
            { value: "code", label: m.compare.code },
          ]}
          value={view}
          onChange={onView}
        />
      )}
      <span className={styles.grow} />
      {runs.length > 0 && view === "values" && (
        <>
          <div className={styles.search}>
            <SearchField label={m.compare.search} value={search} onChange={onSearch} />
          </div>
          {runs.length > 1 && (
            <Switch
              label={m.compare.onlyDifferences}
              checked={onlyDifferences}
              onChange={onOnlyDifferences}
            />
          )}
          <CopyMenu {...props} />
        </>
      )}
    </header>
  );
}

function CopyMenu(props: PartProps) {
  const m = useMessages();
  const toast = useToast();
  const { columns, sections } = useTable(props);
  const copy = async (format: TextFormat) => {
    const rows = tableRows(sections, { ...shownOf(props), folded: new Set() });
    const names = columns.map(({ name }) => name);
    const isDone = await toClipboard(copyText(names, rows, m.compare.key, format));
    toast(isDone ? { title: m.compare.copied } : { kind: "error", title: m.compare.notCopied });
  };
  return (
    <Menu
      label={m.compare.copyTable}
      align="end"
      trigger={<Button>{m.compare.copy}</Button>}
      items={[
        { label: m.compare.copyTsv, onSelect: () => void copy("tsv") },
        { label: m.compare.copyMarkdown, onSelect: () => void copy("markdown") },
      ]}
    />
  );
}

function Values(props: PartProps) {
  const { runs, place, folded, onFolded, onRuns, onBaseline, onOnlyDifferences } = props;
  const m = useMessages();
  const { columns, sections, baseline } = useTable(props);
  const goals = useGoals(place, runs);
  const rows = useMemo(() => tableRows(sections, shownOf(props)), [sections, props]);
  const differing = sum(sections, ({ numDiffering }) => numDiffering);
  const all = sum(sections, (section) => section.rows.length);
  const isLoading = props.loaded.some(({ run, error }) => !run && !error);
  const toggle = (name: string) => {
    const next = new Set(folded);
    if (!next.delete(name)) next.add(name);
    onFolded(next);
  };
  return (
    <>
      <CompareTable
        columns={columns}
        baseline={baseline}
        rows={rows}
        goals={goals}
        summary={runs.length > 1 ? m.compare.differing(differing, all) : ""}
        onToggle={toggle}
        onMove={(from, to) => onRuns(moveItem(runs, from, to))}
        onRemove={(index) => onRuns(runs.filter((_, i) => i !== index))}
        onBaseline={(index) => {
          const run = runs[index];
          onBaseline(run && index > 0 ? writeRuns([run], place) : undefined);
        }}
        renderRunLink={props.renderRunLink}
      />
      {!isLoading && rows.length === 0 && (
        <Notice
          title={
            props.search !== ""
              ? m.compare.noMatch
              : runs.length === 1
                ? m.compare.one
                : m.compare.same
          }
          action={
            props.search === "" && runs.length > 1 ? (
              <Button onClick={() => onOnlyDifferences(false)}>{m.compare.showAll}</Button>
            ) : runs.length === 1 && props.search === "" ? (
              <RunPicker {...props} isPrimary />
            ) : undefined
          }
        >
          {props.search !== "" ? "" : runs.length === 1 ? m.compare.oneHint : m.compare.sameHint}
        </Notice>
      )}
    </>
  );
}

/** One run differs from nothing; then a search looks at all there is. */
function shownOf({ onlyDifferences, search, folded }: CompareViewProps) {
  return { onlyDifferences, search, folded };
}

function useTable({ place, loaded, baseline: wanted }: PartProps) {
  const m = useMessages();
  const now = useNow(60_000);
  const sections = useMemo(
    () =>
      buildSections(
        loaded.map(({ run, environment }) => (run ? { run, environment } : null)),
        now,
        m,
      ),
    [loaded, now, m],
  );
  const columns = loaded.map(({ address, run, error }, index): TableColumn => {
    const own = run ? runName(run) : address.run;
    const isTwice = loaded.some(
      (other, i) => i !== index && other.run && runName(other.run) === own,
    );
    const isElsewhere = address.entity !== place.entity || address.project !== place.project;
    return {
      address,
      id: addressText(address),
      name: own,
      detail: isElsewhere ? `${address.entity}/${address.project}` : isTwice ? address.run : "",
      run,
      error,
    };
  });
  const found = loaded.findIndex(({ address }) => writeRuns([address], place) === wanted);
  return { columns, sections, baseline: Math.max(0, found) };
}

function sum(sections: readonly Section[], of: (section: Section) => number): number {
  return sections.reduce((total, section) => total + of(section), 0);
}
