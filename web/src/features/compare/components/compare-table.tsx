/** The table itself: keys down, runs across; heading and keys stay while the rest scrolls. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef, useState } from "react";
import type { RunDetail } from "@/api/types";
import { MISSING } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/menu";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import {
  type Better,
  betterOf,
  type CompareRow,
  deltaOf,
  MEASURED,
  type SectionName,
  type TableRow,
} from "../model";
import type { RunAddress } from "../refs";
import { CompareCell } from "./compare-cell";
import styles from "./compare-table.module.css";
import { RunDot } from "./run-dot";

export interface TableColumn {
  address: RunAddress;
  id: string;
  name: string;
  /** Where the run is, if it is elsewhere; its id, if another has its name. */
  detail: string;
  run: RunDetail | undefined;
  error: Error | null;
}

interface CompareTableProps {
  columns: readonly TableColumn[];
  /** Which column the others are measured by. */
  baseline: number;
  rows: readonly TableRow[];
  summary: string;
  /** Which values of a metric are better. */
  goals: ReadonlyMap<string, Better>;
  onToggle: (section: string) => void;
  onMove: (from: number, to: number) => void;
  onRemove: (index: number) => void;
  onBaseline: (index: number) => void;
  renderRunLink: (run: RunAddress, children: ReactNode) => ReactNode;
}

const ROW = 29;
const SECTION = 34;

export function CompareTable(props: CompareTableProps) {
  const { columns, baseline, rows } = props;
  const m = useMessages();
  const scroll = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index]?.kind === "section" ? SECTION : ROW),
    getItemKey: (index) => rowKey(rows[index]),
    overscan: 12,
  });
  const toggle = (key: string) => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows that do not exist
    <div
      ref={scroll}
      className={styles.table}
      role="table"
      aria-label={m.compare.table}
      aria-rowcount={rows.length + 1}
      style={{ "--num-columns": columns.length }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
      tabIndex={0}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: rows are read, not operated */}
      <div className={styles.head} role="row">
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
        <div className={styles.corner} role="columnheader">
          <span className="visually-hidden">{m.compare.key}</span>
          <span className={styles.summary}>{props.summary}</span>
        </div>
        {columns.map((column, index) => (
          <RunHead key={column.id} {...props} column={column} index={index} />
        ))}
      </div>
      <div className={styles.content} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          return (
            row && (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={styles.slot}
                style={{ transform: `translateY(${start}px)` }}
              >
                {row.kind === "section" ? (
                  <SectionRow row={row} onToggle={() => props.onToggle(row.section.name)} />
                ) : (
                  <ValueRow
                    section={row.section}
                    row={row.row}
                    columns={columns}
                    baseline={baseline}
                    better={
                      row.section === "summary" ? betterOf(props.goals, row.row.key) : undefined
                    }
                    isOpen={opened.has(rowKey(row))}
                    onToggle={() => toggle(rowKey(row))}
                  />
                )}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function rowKey(row: TableRow | undefined): string {
  if (!row) return "";
  return row.kind === "section" ? row.section.name : `${row.section}.${row.row.key}`;
}

function RunHead(props: CompareTableProps & { column: TableColumn; index: number }) {
  const { column, index, columns, baseline, onMove, onRemove, onBaseline } = props;
  const m = useMessages();
  const { run, error, name, detail, address } = column;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows that do not exist
    // biome-ignore lint/a11y/useFocusableInteractive: what is in it is operated
    <div
      className={styles.run}
      role="columnheader"
      draggable
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, String(index))}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDrop={(event) => onMove(Number(event.dataTransfer.getData(DRAGGED)), index)}
    >
      <div className={styles.runLine}>
        {run && <RunDot run={run} />}
        <span className={styles.runName} title={column.id} dir="auto">
          {run ? props.renderRunLink(address, name) : name}
        </span>
        <Menu
          label={m.compare.actions(name)}
          align="end"
          trigger={<IconButton icon="more" label={m.compare.actions(name)} />}
          items={[
            {
              label: m.compare.makeBaseline,
              isChecked: index === baseline,
              onSelect: () => onBaseline(index),
            },
            "separator",
            {
              label: m.compare.moveLeft,
              isDisabled: index === 0,
              onSelect: () => onMove(index, index - 1),
            },
            {
              label: m.compare.moveRight,
              isDisabled: index === columns.length - 1,
              onSelect: () => onMove(index, index + 1),
            },
            "separator",
            { label: m.compare.remove, icon: "close", onSelect: () => onRemove(index) },
          ]}
        />
      </div>
      <div className={styles.runFacts}>
        {error && !run ? (
          <span className={styles.gone} title={m.compare.goneHint}>
            {m.compare.gone}
          </span>
        ) : run ? (
          <StateMark state={run.state} withName />
        ) : (
          <Skeleton width={60} />
        )}
        {index === baseline && columns.length > 1 && (
          <span className={styles.baseline}>{m.compare.baseline}</span>
        )}
        {detail && (
          <span className={styles.detail} title={detail}>
            {detail}
          </span>
        )}
      </div>
    </div>
  );
}

const DRAGGED = "application/x-runstone-column";

function SectionRow({
  row,
  onToggle,
}: {
  row: Extract<TableRow, { kind: "section" }>;
  onToggle: () => void;
}) {
  const m = useMessages();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows that do not exist
    // biome-ignore lint/a11y/useFocusableInteractive: what is in it is operated
    <div role="row">
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="cell">
        <button
          type="button"
          className={styles.section}
          aria-expanded={!row.isFolded}
          onClick={onToggle}
        >
          <span className={styles.sectionName}>
            <span className={styles.chevron} data-open={!row.isFolded}>
              <Icon name="chevron" size={12} />
            </span>
            {m.compare.sections[row.section.name]}
            <span className={styles.count}>
              {m.compare.sectionCount(row.numShown, row.section.rows.length)}
            </span>
          </span>
        </button>
      </div>
    </div>
  );
}

interface ValueRowProps {
  section: SectionName;
  row: CompareRow;
  columns: readonly TableColumn[];
  baseline: number;
  better: Better | undefined;
  isOpen: boolean;
  onToggle: () => void;
}

function ValueRow({ section, row, columns, baseline, better, isOpen, onToggle }: ValueRowProps) {
  const measured = row.cells[baseline] ?? null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows that do not exist
    // biome-ignore lint/a11y/useFocusableInteractive: rows are read, not operated
    <div className={styles.row} role="row" data-differs={row.differs} data-open={isOpen}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      <div className={styles.key} role="rowheader" title={row.key} dir="auto">
        {row.key}
      </div>
      {columns.map((column, index) => {
        const cell = row.cells[index] ?? null;
        if (!column.run) return <CellShell key={column.id}>{null}</CellShell>;
        if (!cell) {
          return (
            <CellShell key={column.id}>
              <span className={styles.missing}>{MISSING}</span>
            </CellShell>
          );
        }
        const isOther = index !== baseline;
        return (
          <CellShell key={column.id}>
            <CompareCell
              cell={cell}
              baseline={isOther && section !== "overview" ? measured : null}
              better={better}
              delta={isOther && MEASURED.has(section) ? deltaOf(measured, cell) : null}
              isOpen={isOpen}
              onToggle={onToggle}
            />
          </CellShell>
        );
      })}
    </div>
  );
}

function CellShell({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows that do not exist
    <div className={styles.cell} role="cell">
      {children}
    </div>
  );
}
