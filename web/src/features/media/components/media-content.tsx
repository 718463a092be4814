/** What was logged at one step, by its kind. */
import { type ReactNode, useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { Media, MediaItem } from "@/api/media";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { JsonTree } from "@/ui/json-tree/json-tree";
import { PlotlyView } from "@/ui/plotly/plotly-view";
import { SandboxedFrame } from "@/ui/sandboxed-frame";
import { useFileText } from "../queries";
import { ImageGrid } from "./image-grid";
import styles from "./media-content.module.css";
import { NotArrived } from "./not-arrived";
import { Films, Sounds } from "./players";
import { TablePanel } from "./table-panel";

export interface MediaContentProps {
  project: RunRef;
  mediaKey: string;
  media: Media;
  step: number;
  /** Which of several is shown first. */
  item: number;
  isLarge: boolean;
  onExpand?: (index: number) => void;
  renderFileLink: (path: string, children: ReactNode) => ReactNode;
}

export function MediaContent(props: MediaContentProps) {
  const { media } = props;
  switch (media.kind) {
    case "image":
      return <ImageGrid {...props} />;
    case "audio":
      return <Sounds {...props} />;
    case "video":
      return <Films {...props} />;
    case "table":
    case "html":
    case "plotly":
      return <OneByOne {...props} />;
    case "histogram":
    case "bokeh":
    case "object3d":
    case "molecule":
    case "graph":
    case "trace":
    case "unknown":
      return <Facts {...props} />;
  }
}

/** Kinds of which one fills the panel. */
function OneByOne(props: MediaContentProps) {
  const { media } = props;
  const m = useMessages();
  const [chosen, setChosen] = useState(props.item);
  const count = media.items.length;
  const index = Math.min(chosen, count - 1);
  const item = media.items[index];
  if (!item) return <Facts {...props} />;
  return (
    <div className={styles.one}>
      <div className={styles.shown}>
        {item.file ? <Single {...props} shown={item} /> : <NotArrived item={item} />}
      </div>
      {count > 1 && (
        <div className={styles.pager}>
          <span className={styles.back}>
            <IconButton
              icon="chevron"
              label={m.media.previousItem}
              disabled={index === 0}
              onClick={() => setChosen(index - 1)}
            />
          </span>
          <output>{m.media.itemOf(index + 1, count)}</output>
          <IconButton
            icon="chevron"
            label={m.media.nextItem}
            disabled={index === count - 1}
            onClick={() => setChosen(index + 1)}
          />
        </div>
      )}
    </div>
  );
}

interface SingleProps {
  project: RunRef;
  mediaKey: string;
  media: Media;
  shown: MediaItem;
}

function Single({ project, mediaKey, media, shown: item }: SingleProps) {
  const client = useClient();
  const path = item.file?.name ?? "";
  switch (media.kind) {
    case "table":
      return <TablePanel project={project} path={path} version={item.file?.md5 ?? null} />;
    case "html":
      return (
        <SandboxedFrame
          title={item.caption ?? mediaKey}
          src={client.fileUrl(project, path, "sandbox", item.file?.md5 ?? null)}
        />
      );
    default:
      return <FigurePanel project={project} label={mediaKey} item={item} />;
  }
}

function FigurePanel({
  project,
  label,
  item,
}: {
  project: RunRef;
  label: string;
  item: MediaItem;
}) {
  const m = useMessages();
  const { data, error } = useFileText(project, item.path, item.file?.md5 ?? null);
  if (error)
    return (
      <p className={styles.note}>
        {m.media.failed}: {error.message}
      </p>
    );
  return data === undefined ? null : <PlotlyView label={label} text={data} />;
}

/** Kinds that nothing here can show: what is known, and the files to take away. */
function Facts({ project, media, renderFileLink }: MediaContentProps) {
  const m = useMessages();
  const client = useClient();
  const raw = media.raw ?? undefined;
  return (
    <div className={styles.facts}>
      {media.items.length > 0 && <p className={styles.note}>{m.media.noView}</p>}
      <ul>
        {media.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one file may be logged several times
          <li key={index} className={styles.fact}>
            <Icon name="file" size={14} />
            <span className={styles.path} title={item.path ?? ""}>
              {item.file && item.path
                ? renderFileLink(item.path, item.caption ?? baseName(item.path))
                : (item.caption ?? baseName(item.path ?? item.artifact_path ?? ""))}
            </span>
            {item.file ? (
              <>
                <span className={styles.size}>{formatBytes(item.file.size_bytes)}</span>
                <a
                  className={styles.download}
                  href={client.fileUrl(project, item.file.name, "save")}
                  download
                  aria-label={m.media.download}
                  title={m.media.download}
                >
                  <Icon name="download" size={14} />
                </a>
              </>
            ) : (
              <span className={styles.size}>{m.media.notArrived}</span>
            )}
          </li>
        ))}
      </ul>
      {raw !== undefined && (
        <>
          <p className={styles.note}>
            {m.media.noViewAtAll} <code>{media.type}</code>
          </p>
          <div className={styles.raw}>
            <JsonTree label={media.type} value={raw} />
          </div>
        </>
      )}
    </div>
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
