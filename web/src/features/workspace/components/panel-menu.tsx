/** What can be done with one chart: keep it, take it along, show it to somebody. */

import { useMessages } from "@/lib/i18n";
import { useTheme } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import { Menu, type MenuEntry } from "@/ui/menu";
import type { PictureKind } from "./panel-export";
import type { PanelToolsProps } from "./panel-tools";
import { usePanelEntries } from "./use-panel-entries";

export function PanelMenu(props: PanelToolsProps) {
  const { panel, lines } = props;
  const m = useMessages();
  const theme = useTheme();
  const { pin, link } = usePanelEntries(props);
  const save = (label: string, kind: PictureKind): MenuEntry => ({
    label,
    icon: "download",
    isDisabled: lines.length === 0,
    // Not before somebody wants one: pictures are for the few.
    onSelect: () =>
      void import("./panel-export").then(({ savePicture }) => savePicture(props, kind, m)),
  });
  const items: MenuEntry[] = [
    ...pin,
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
