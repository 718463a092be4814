/** How many charts beside each other, and how high. */
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { Segmented } from "@/ui/segmented";
import type { ChartHeight, GridShape } from "../layout";
import styles from "./grid-control.module.css";

const COLUMNS = ["1", "2", "3", "4", "6"];
const AUTO = "auto";

interface GridControlProps {
  grid: GridShape;
  onGrid: (grid: GridShape) => void;
}

export function GridControl({ grid, onGrid }: GridControlProps) {
  const m = useMessages();
  const heights: { value: ChartHeight; label: string }[] = [
    { value: "small", label: m.sections.small },
    { value: "medium", label: m.sections.medium },
    { value: "large", label: m.sections.large },
  ];
  const columns = [
    { value: AUTO, label: m.sections.auto },
    ...COLUMNS.map((count) => ({ value: count, label: count })),
  ];
  return (
    <Popover
      label={m.sections.grid}
      align="end"
      trigger={<IconButton icon="grid" label={m.sections.grid} />}
    >
      <div className={styles.choices}>
        <span className={styles.name}>{m.sections.columns}</span>
        <Segmented
          label={m.sections.columns}
          options={columns}
          value={grid.columns === null ? AUTO : String(grid.columns)}
          onChange={(value) => onGrid({ ...grid, columns: value === AUTO ? null : Number(value) })}
        />
        <span className={styles.name}>{m.sections.height}</span>
        <Segmented
          label={m.sections.height}
          options={heights}
          value={grid.height}
          onChange={(height) => onGrid({ ...grid, height })}
        />
      </div>
    </Popover>
  );
}
