/** Sounds and films of one step. */
import { useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { Media, MediaItem } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import { NotArrived } from "./not-arrived";
import styles from "./players.module.css";

interface PlayersProps {
  project: RunRef;
  mediaKey: string;
  media: Media;
}

export function Sounds({ project, mediaKey, media }: PlayersProps) {
  return (
    <ul className={styles.sounds}>
      {media.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one file may be logged several times
        <li key={index} className={styles.item}>
          <Player project={project} mediaKey={mediaKey} item={item} isFilm={false} />
          {item.caption && <p className={styles.caption}>{item.caption}</p>}
        </li>
      ))}
    </ul>
  );
}

export function Films({ project, mediaKey, media }: PlayersProps) {
  return (
    <ul className={styles.films} data-many={media.items.length > 1}>
      {media.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one file may be logged several times
        <li key={index} className={styles.film}>
          <Player project={project} mediaKey={mediaKey} item={item} isFilm />
          {item.caption && <p className={styles.caption}>{item.caption}</p>}
        </li>
      ))}
    </ul>
  );
}

interface PlayerProps {
  project: RunRef;
  mediaKey: string;
  item: MediaItem;
  isFilm: boolean;
}

function Player({ project, mediaKey, item, isFilm }: PlayerProps) {
  const m = useMessages();
  const client = useClient();
  const [failed, setFailed] = useState<string | null>(null);
  if (!item.file) return <NotArrived item={item} />;
  const src = client.fileUrl(project, item.file.name, "show", item.file.md5);
  const props = {
    src,
    controls: true,
    preload: "metadata",
    "aria-label": item.caption ?? mediaKey,
    onError: () => setFailed(src),
  };
  if (failed === src) {
    return (
      <p className={styles.failed}>
        {m.media.badPlay}{" "}
        <a href={client.fileUrl(project, item.file.name, "save")} download>
          {m.media.download}
        </a>
      </p>
    );
  }
  if (isFilm && item.file.name.toLowerCase().endsWith(".gif")) {
    // What the wandb client makes of frames; no browser plays it as a film.
    return (
      <img className={styles.video} src={src} alt={props["aria-label"]} onError={props.onError} />
    );
  }
  return isFilm ? (
    <video className={styles.video} loop {...props} />
  ) : (
    <audio className={styles.audio} {...props} />
  );
}
