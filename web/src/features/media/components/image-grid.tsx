/** Pictures of one step, with what is drawn over them. */
import { useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { Media, MediaItem } from "@/api/media";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { useTheme } from "@/lib/theme";
import { Slider } from "@/ui/slider";
import styles from "./image-grid.module.css";
import { BoxOverlay, classColour, MaskOverlay, type OverlayClass } from "./image-overlays";
import { NotArrived } from "./not-arrived";

interface ImageGridProps {
  project: RunRef;
  mediaKey: string;
  media: Media;
  item: number;
  isLarge: boolean;
  onExpand?: (index: number) => void;
}

/** Pictures in the panel at once; a slider brings the others. */
const PAGE = 24;
const SMALL = 64;

export function ImageGrid({ project, mediaKey, media, item, isLarge, onExpand }: ImageGridProps) {
  const m = useMessages();
  const [first, setFirst] = useState(0);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const count = media.items.length;
  const size = isLarge ? 1 : PAGE;
  const start = isLarge
    ? Math.min(item, count - 1)
    : Math.min(first, Math.max(0, count - 1)) - (Math.min(first, Math.max(0, count - 1)) % PAGE);
  const shown = media.items.slice(start, start + size);
  return (
    <div className={styles.view}>
      <ul
        className={classNames(styles.grid, count === 1 && styles.single, isLarge && styles.large)}
      >
        {shown.map((each, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one file may be logged several times
          <li key={start + i} className={styles.item}>
            <Picture
              project={project}
              mediaKey={mediaKey}
              item={each}
              hidden={hidden}
              {...(onExpand ? { onOpen: () => onExpand(start + i) } : {})}
            />
          </li>
        ))}
      </ul>
      {count > size && !isLarge && (
        <div className={styles.pages}>
          <Slider
            label={m.media.choose}
            value={start / PAGE}
            min={0}
            max={Math.ceil(count / PAGE) - 1}
            onChange={(page) => setFirst(page * PAGE)}
            format={(page) =>
              m.media.itemsOf(page * PAGE + 1, Math.min(count, (page + 1) * PAGE), count)
            }
          />
          <output>{m.media.itemsOf(start + 1, start + shown.length, count)}</output>
        </div>
      )}
      <OverlayClasses items={media.items} hidden={hidden} onHidden={setHidden} />
    </div>
  );
}

interface PictureProps {
  project: RunRef;
  mediaKey: string;
  item: MediaItem;
  hidden: ReadonlySet<string>;
  onOpen?: () => void;
}

export function Picture({ project, mediaKey, item, hidden, onOpen }: PictureProps) {
  const m = useMessages();
  const client = useClient();
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  if (!item.file) return <NotArrived item={item} />;
  const src = client.fileUrl(project, item.file.name, "show", item.file.md5);
  const width = item.width ?? natural?.width ?? 4;
  const height = item.height ?? natural?.height ?? 3;
  const frame = (
    <span className={styles.frame} style={{ "--ratio": width / height }}>
      {failed === src ? (
        <span className={styles.broken}>{m.media.badImage}</span>
      ) : (
        <img
          className={styles.image}
          src={src}
          alt={mediaKey}
          loading="lazy"
          decoding="async"
          data-pixels={Math.max(width, height) <= SMALL}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setNatural({ width: naturalWidth, height: naturalHeight })
          }
          onError={() => setFailed(src)}
        />
      )}
      {item.masks.map((mask) => (
        <MaskOverlay key={mask.name} project={project} overlay={mask} hidden={hidden} />
      ))}
      {item.boxes.map((boxes) => (
        <BoxOverlay
          key={boxes.name}
          project={project}
          overlay={boxes}
          size={{ width, height }}
          hidden={hidden}
        />
      ))}
      {onOpen && (
        <button
          type="button"
          className={styles.cover}
          aria-label={m.media.expand(item.caption ?? mediaKey)}
          onClick={onOpen}
        />
      )}
    </span>
  );
  return (
    <>
      <span className={styles.open}>{frame}</span>
      {item.caption && (
        <span className={styles.caption} title={item.caption} dir="auto">
          {item.caption}
        </span>
      )}
    </>
  );
}

interface OverlayClassesProps {
  items: readonly MediaItem[];
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;
}

/** What is drawn over pictures, class by class, to be switched off and on. */
export function OverlayClasses({ items, hidden, onHidden }: OverlayClassesProps) {
  const m = useMessages();
  const classes = overlayClasses(items);
  if (classes.length === 0) return null;
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    onHidden(next);
  };
  return (
    <fieldset className={styles.classes}>
      <legend className="visually-hidden">{m.media.overlays}</legend>
      {classes.map((each) => (
        <ClassToggle
          key={each.name}
          overlay={each}
          isOn={!hidden.has(each.name)}
          onToggle={() => toggle(each.name)}
        />
      ))}
    </fieldset>
  );
}

function ClassToggle({
  overlay,
  isOn,
  onToggle,
}: {
  overlay: OverlayClass;
  isOn: boolean;
  onToggle: () => void;
}) {
  const theme = useTheme();
  return (
    <button type="button" className={styles.class} aria-pressed={isOn} onClick={onToggle}>
      <span className={styles.swatch} style={{ background: classColour(overlay.id, theme) }} />
      {overlay.label}
    </button>
  );
}

/** Classes of all boxes and masks, each once; toggled by group and number. */
function overlayClasses(items: readonly MediaItem[]): OverlayClass[] {
  const classes = new Map<string, OverlayClass>();
  for (const overlay of items.flatMap(({ boxes, masks }) => [...boxes, ...masks])) {
    for (const [id, label] of Object.entries(overlay.class_labels)) {
      const name = `${overlay.name}/${id}`;
      classes.set(name, { name, id, label: `${overlay.name} · ${label}` });
    }
  }
  return [...classes.values()];
}
