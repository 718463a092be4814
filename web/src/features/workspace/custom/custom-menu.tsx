/** What can be done with a custom chart: keep it, take it along, show it to somebody. */
import type { ChartTable, Figure } from "@/charts/custom/figure";
import { useMessages } from "@/lib/i18n";
import { type Theme, useTheme } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import { Menu, type MenuEntry } from "@/ui/menu";
import { usePanelEntries } from "../components/use-panel-entries";
import type { CustomPanelProps } from "./custom-panel";
import { type SavedAs, saveCustomChart } from "./export";
import { useWords } from "./words/use-words";

interface CustomMenuProps extends CustomPanelProps {
  title: string;
  /** null where nothing can be drawn. */
  figure: Figure | null;
  tables: readonly ChartTable[];
  /** In the colours of a theme, which the page need not wear. */
  figureIn: (theme: Theme) => Figure | null;
  isNormalised: boolean;
  isTable: boolean;
  onTable: (isTable: boolean) => void;
}

export function CustomMenu(props: CustomMenuProps) {
  const { panel, figure, figureIn, tables, isTable, onTable } = props;
  const m = useMessages();
  const w = useWords();
  const theme = useTheme();
  const { pin, link } = usePanelEntries(props);
  const save = (label: string, as: SavedAs): MenuEntry => ({
    label,
    icon: "download",
    isDisabled: figure === null || tables.length === 0,
    onSelect: () => {
      const drawn = as.format === "csv" ? figure : figureIn(as.theme);
      if (drawn) void saveCustomChart({ ...props, key: panel.key, figure: drawn, words: w }, as);
    },
  });
  const items: MenuEntry[] = [
    ...pin,
    ...(figure
      ? [
          {
            label: isTable ? w.showChart : w.showTable,
            icon: "table" as const,
            onSelect: () => onTable(!isTable),
          },
        ]
      : []),
    link,
    "separator",
    { heading: m.chart.save },
    save(m.chart.savePng, { format: "png", theme }),
    ...(theme === "dark" ? [save(m.chart.savePngLight, { format: "png", theme: "light" })] : []),
    save(m.chart.saveSvg, { format: "svg", theme }),
    save(m.chart.saveCsv, { format: "csv" }),
  ];
  return (
    <Menu
      label={m.chart.menu(panel.key)}
      align="end"
      trigger={<IconButton icon="more" label={m.chart.menu(panel.key)} />}
      items={items}
    />
  );
}
