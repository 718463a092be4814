/** A custom chart with its title, its tools, its steps and its states. */
import { useMemo, useState } from "react";
import type { LoggedChart, RunColumns } from "@/api/custom-charts";
import { CustomChart } from "@/charts/custom/custom-chart";
import { buildFigure, type ChartTable, type Figure, presetOf } from "@/charts/custom/figure";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { RUN_COLOURS } from "@/lib/run-colour";
import { hop } from "@/lib/steps";
import { type Theme, useTheme } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import { StepSlider } from "@/ui/step-slider";
import type { ChartRun, PanelProps } from "../components/panel";
import panelStyles from "../components/panel.module.css";
import { panelId } from "../sections";
import { CustomMenu } from "./custom-menu";
import styles from "./custom-panel.module.css";
import { type ChartTables, useChartTables } from "./use-chart-tables";
import { useWords } from "./words/use-words";

export interface CustomPanelProps extends PanelProps {
  chart: LoggedChart;
}

/** The choice of no run in particular. */
const ALL = "";

export function CustomPanel(props: CustomPanelProps) {
  const { project, chart, runs, isEnlarged, onView, panel } = props;
  const m = useMessages();
  const w = useWords();
  const theme = useTheme();
  const [isNormalised, setNormalised] = useState(false);
  const [isTable, setTable] = useState(false);
  const [only, setOnly] = useState(ALL);
  const preset = presetOf({ name: chart.spec, fields: chart.fields });
  // A table is one run's; matrices of many are small, and each can be had by itself.
  const isOfOne = isTable || preset === null;
  const hasChoice = isOfOne || preset === "matrix";
  const choice = hasChoice ? runs.filter(({ id }) => chart.runs.includes(id)) : [];
  const chosen = choice.find(({ id }) => id === only) ?? (isOfOne ? choice[0] : undefined);
  const found = useChartTables(project, chart, chosen ? [chosen] : runs);
  const tables = useMemo(() => toTables(found, chart, theme), [found, chart, theme]);
  const figure = useMemo(() => toFigure(chart, tables, theme), [chart, tables, theme]);
  const title = chart.texts.title || chart.key;
  const drawn = figure && tables.length > 0 && !isTable ? figure : null;
  const step = found.step ?? found.steps.at(-1) ?? null;
  return (
    <article
      className={classNames(panelStyles.panel, isEnlarged && panelStyles.enlarged)}
      data-testid="panel"
      data-key={chart.key}
      data-panel={panelId(panel)}
    >
      <header className={panelStyles.header}>
        <h3 className={panelStyles.title} title={`${title} (${chart.key})`} dir="auto">
          {title}
          {title !== chart.key && <span className={styles.key}> {chart.key}</span>}
        </h3>
        <div className={panelStyles.tools}>
          <IconButton
            icon={isEnlarged ? "shrink" : "expand"}
            label={isEnlarged ? m.chart.shrink : m.chart.expand}
            onClick={() => onView({ enlarged: isEnlarged ? null : panelId(panel) })}
          />
          <CustomMenu
            {...props}
            title={title}
            figure={figure}
            tables={tables}
            figureIn={(worn) => toFigure(chart, toTables(found, chart, worn), worn)}
            isNormalised={isNormalised}
            isTable={isTable}
            onTable={setTable}
          />
        </div>
        {preset === "matrix" && drawn && (
          <span className={styles.values}>
            <Segmented
              label={`${w.values}: ${chart.key}`}
              options={[
                { value: "counts", label: w.counts },
                { value: "shares", label: w.shares },
              ]}
              value={isNormalised ? "shares" : "counts"}
              onChange={(value) => setNormalised(value === "shares")}
            />
          </span>
        )}
        {drawn && <Caption {...found} />}
      </header>
      <div className={panelStyles.body} aria-busy={found.isLoading}>
        {found.isLoading && <div className={panelStyles.progress} />}
        {drawn && preset ? (
          <CustomChart
            dataKey={chart.key}
            label={w.label(title, w.kinds[preset], tables.length)}
            figure={drawn}
            isNormalised={isNormalised}
            words={w}
          />
        ) : (
          !found.isFirst && <Instead {...props} found={found} isTable={isTable} />
        )}
        {found.isFirst && found.error && <Failure {...found} error={found.error} />}
        {found.isFirst && found.numRuns === 0 && <p className={panelStyles.message}>{w.noTable}</p>}
      </div>
      {(choice.length > 1 || found.steps.length > 1) && (
        <footer className={styles.foot}>
          {choice.length > 1 && (
            <div className={styles.choice}>
              <Select
                label={w.runOf(chart.key)}
                value={chosen?.id ?? ALL}
                options={[
                  ...(isOfOne ? [] : [{ value: ALL, label: w.sideBySide }]),
                  ...choice.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                onChange={setOnly}
              />
            </div>
          )}
          {found.steps.length > 1 && step !== null && (
            <div className={styles.steps}>
              <StepSlider
                label={w.stepOf(chart.key)}
                steps={found.steps}
                total={found.steps.length}
                step={step}
                wanted={null}
                onStep={found.go}
                onHop={(direction) => {
                  const next = hop(found.steps, step, direction);
                  if (next !== null) found.go(next);
                  return next !== null;
                }}
              />
            </div>
          )}
        </footer>
      )}
    </article>
  );
}

/** null: the chart is none that is drawn here. */
function toFigure(
  { spec, fields, texts }: LoggedChart,
  tables: readonly ChartTable[],
  theme: Theme,
): Figure | null {
  const preset = presetOf({ name: spec, fields });
  if (preset === null) return null;
  const palette = RUN_COLOURS.map((colour) => colour[theme]);
  return buildFigure(preset, { name: spec, fields, texts }, tables, palette);
}

/** Tables that have rows and all that the chart needs, by field of it. */
function toTables(
  { tables, runs, columns }: ChartTables,
  { fields }: LoggedChart,
  theme: Theme,
): ChartTable[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  return tables.flatMap((table) => {
    const run = byId.get(table.run);
    return run && table.num_rows > 0 ? (toTable(table, run, columns, fields, theme) ?? []) : [];
  });
}

function toTable(
  table: RunColumns,
  run: ChartRun,
  columns: readonly string[],
  fields: Readonly<Record<string, string>>,
  theme: Theme,
): ChartTable | null {
  const found: Record<string, readonly unknown[]> = {};
  for (const [field, column] of Object.entries(fields)) {
    const cells = table.columns[columns.indexOf(column)];
    if (!cells) return null;
    found[field] = cells;
  }
  return { run: run.id, name: run.name, color: run.colour[theme], columns: found };
}

/** What is left out of the picture. */
function Caption({ tables, runs, numRuns }: ChartTables) {
  const w = useWords();
  const all = tables.reduce((sum, { num_rows }) => sum + num_rows, 0);
  const shown = tables.reduce((sum, { columns }) => sum + (columns[0]?.length ?? 0), 0);
  const parts = [
    ...(shown < all ? [{ text: w.rows(shown, all), hint: w.rowsHint }] : []),
    ...(runs.length < numRuns ? [{ text: w.runs(runs.length, numRuns), hint: w.runsHint }] : []),
  ];
  return parts.map(({ text, hint }) => (
    <span key={text} className={panelStyles.caption} title={hint} data-testid="chart-caption">
      {text}
    </span>
  ));
}

interface InsteadProps extends CustomPanelProps {
  found: ChartTables;
  isTable: boolean;
}

/** The table itself, or why there is no picture. */
function Instead({ project, chart, found, isTable, renderTable }: InsteadProps) {
  const w = useWords();
  const isKnown = presetOf({ name: chart.spec, fields: chart.fields }) !== null;
  const table = found.tables.find(({ file }) => file !== null && file !== undefined);
  const problem = found.tables.find((one) => one.problem)?.problem;
  if ((isTable || !isKnown) && table?.file) {
    return (
      <div className={styles.instead}>
        {!isKnown && <p className={styles.note}>{w.unknown(chart.spec)}</p>}
        <div className={styles.table}>
          {renderTable?.({ ...project, run: table.run }, table.file.name, table.file.md5)}
        </div>
      </div>
    );
  }
  if (problem) {
    return (
      <p className={panelStyles.message}>
        {w.failed}: {problem.message}
      </p>
    );
  }
  if (found.tables.length === 0) return <p className={panelStyles.message}>{w.noTable}</p>;
  const isEmpty = found.tables.every(({ num_rows }) => num_rows === 0);
  return <p className={panelStyles.message}>{isEmpty ? w.noRows : w.noColumns}</p>;
}

function Failure({ error, retry }: { error: Error; retry: () => void }) {
  const m = useMessages();
  const w = useWords();
  return (
    <p className={panelStyles.message} role="alert">
      {w.failed}: {error.message}{" "}
      <button type="button" className={panelStyles.retry} onClick={retry}>
        {m.app.retry}
      </button>
    </p>
  );
}
