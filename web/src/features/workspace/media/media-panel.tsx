/** Media of several runs under one key, with a title and tools; who shows them is said by the page. */
import type { MediaKind } from "@/api/media";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import type { PanelProps } from "../components/panel";
import styles from "../components/panel.module.css";
import { usePanelEntries } from "../components/use-panel-entries";
import { panelId } from "../sections";

interface MediaPanelProps extends PanelProps {
  kind: MediaKind;
}

export function MediaPanel(props: MediaPanelProps) {
  const { project, panel, kind, runs, isEnlarged, onView, renderMedia } = props;
  const m = useMessages();
  const { pin, link } = usePanelEntries(props);
  const id = panelId(panel);
  return (
    <article
      className={classNames(styles.panel, isEnlarged && styles.enlarged)}
      data-testid="panel"
      data-key={panel.key}
      data-panel={id}
    >
      <header className={styles.header}>
        <h3 className={styles.title} title={panel.key} dir="auto">
          {panel.key}
        </h3>
        <div className={styles.tools}>
          <IconButton
            icon={isEnlarged ? "shrink" : "expand"}
            label={isEnlarged ? m.chart.shrink : m.chart.expand}
            onClick={() => onView({ enlarged: isEnlarged ? null : id })}
          />
          <Menu
            label={m.chart.menu(panel.key)}
            align="end"
            trigger={<IconButton icon="more" label={m.chart.menu(panel.key)} />}
            items={[...pin, link]}
          />
        </div>
      </header>
      <div className={styles.body}>
        {renderMedia?.({
          project,
          mediaKey: panel.key,
          kind,
          runs,
          isLarge: isEnlarged,
        })}
      </div>
    </article>
  );
}
