/** All media of a run: groups of panels, one step for all of them. */
import { type ReactNode, useMemo, useRef } from "react";
import type { RunRef } from "@/api/client";
import type { MediaKey } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { CodeBlock } from "@/ui/code-block";
import { Icon } from "@/ui/icons";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { Switch } from "@/ui/switch";
import { type Grouping, groupKeys, type MediaGroup, OF_CHARTS, shortName } from "../model";
import { useMediaKeys, useTablesOfCharts } from "../queries";
import styles from "./media-gallery.module.css";
import { MediaPanel } from "./media-panel";
import { MediaViewer } from "./media-viewer";

export interface MediaAddress {
  search: string;
  grouping: Grouping;
  /** The step that all panels show; null: the last of each. */
  step: number | null;
  isSynced: boolean;
  /** The key that has the whole screen, and which of its items. */
  open: { key: string; item: number } | null;
  folded: ReadonlySet<string>;
}

interface MediaGalleryProps {
  project: RunRef;
  isLive: boolean;
  address: MediaAddress;
  onAddress: (change: Partial<MediaAddress>) => void;
  renderFileLink: (path: string, children: ReactNode) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function MediaGallery(props: MediaGalleryProps) {
  const { project, isLive, address, onAddress } = props;
  const m = useMessages();
  const search = useRef<HTMLInputElement>(null);
  const { data, error, refetch } = useMediaKeys(project, isLive);
  const ofCharts = useTablesOfCharts(project);
  const groups = useMemo(
    () => groupKeys(data?.keys ?? [], address.grouping, address.search, ofCharts),
    [data, address.grouping, address.search, ofCharts],
  );
  useShortcuts({ "/": { does: m.media.search, run: () => search.current?.focus() } });
  if (error && !data) return props.renderError(error, () => void refetch());
  if (data?.keys.length === 0) return <NoMedia />;
  const open = address.open && data?.keys.find(({ key }) => key === address.open?.key);
  const toggle = (group: string) => {
    const folded = new Set(address.folded);
    if (!folded.delete(group)) folded.add(group);
    onAddress({ folded });
  };
  return (
    <div className={styles.gallery}>
      <div className={styles.bar}>
        <div className={styles.search}>
          <SearchField
            ref={search}
            label={m.media.search}
            shortcut="/"
            value={address.search}
            onChange={(text) => onAddress({ search: text })}
          />
        </div>
        <Segmented
          label={m.media.groupBy}
          options={[
            { value: "prefix", label: m.media.byPrefix },
            { value: "kind", label: m.media.byKind },
          ]}
          value={address.grouping}
          onChange={(grouping) => onAddress({ grouping })}
        />
        <span className={styles.grow} />
        <Switch
          label={m.media.sync}
          checked={address.isSynced}
          onChange={(isSynced) => onAddress({ isSynced })}
        />
      </div>
      <div className={styles.groups}>
        {!data && <GallerySkeleton />}
        {data && groups.length === 0 && <p className={styles.none}>{m.media.noMatch}</p>}
        {groups.map((group) => (
          <Group
            key={group.name}
            {...props}
            group={group}
            // Beside others, those that are charts elsewhere are folded until somebody asks.
            isFolded={
              address.folded.has(group.name) !== (group.name === OF_CHARTS && groups.length > 1) &&
              address.search === ""
            }
            onToggle={() => toggle(group.name)}
          />
        ))}
      </div>
      {open && address.open && (
        <MediaViewer
          key={open.key}
          project={project}
          media={open}
          item={address.open.item}
          step={address.isSynced ? address.step : null}
          {...(address.isSynced ? { onStep: (step: number) => onAddress({ step }) } : {})}
          onItem={(item) => onAddress({ open: { key: open.key, item } })}
          onClose={() => onAddress({ open: null })}
          renderFileLink={props.renderFileLink}
        />
      )}
    </div>
  );
}

interface GroupProps extends MediaGalleryProps {
  group: MediaGroup;
  isFolded: boolean;
  onToggle: () => void;
}

function Group({
  project,
  address,
  onAddress,
  group,
  isFolded,
  onToggle,
  renderFileLink,
}: GroupProps) {
  const m = useMessages();
  return (
    <section className={styles.group}>
      <h2 className={styles.heading}>
        <button type="button" className={styles.fold} aria-expanded={!isFolded} onClick={onToggle}>
          <span className={styles.chevron} data-open={!isFolded}>
            <Icon name="chevron" size={12} />
          </span>
          <span dir="auto">{groupTitle(group, address.grouping, m.media)}</span>
          <span className={styles.count}>{m.media.count(group.keys.length)}</span>
        </button>
      </h2>
      {!isFolded && (
        <div className={styles.panels}>
          {group.keys.map((media) => (
            <MediaPanel
              key={media.key}
              project={project}
              media={media}
              name={address.grouping === "prefix" ? shortName(media.key, group.name) : media.key}
              step={address.isSynced ? address.step : null}
              {...(address.isSynced ? { onStep: (step: number) => onAddress({ step }) } : {})}
              onExpand={(item) => onAddress({ open: { key: media.key, item } })}
              renderFileLink={renderFileLink}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function groupTitle(
  { name, keys }: MediaGroup,
  grouping: Grouping,
  words: { noPrefix: string; ofCharts: string; sections: Record<MediaKey["kind"], string> },
): string {
  if (name === OF_CHARTS) return words.ofCharts;
  if (grouping === "kind") return keys[0] ? words.sections[keys[0].kind] : name;
  return name === "" ? words.noPrefix : name;
}

function NoMedia() {
  const m = useMessages();
  const code = 'run.log({"example": wandb.Image(pixels)})';
  return (
    <Notice title={m.media.empty} action={<CodeBlock code={code} />}>
      {m.media.emptyHint}
    </Notice>
  );
}

function GallerySkeleton() {
  return (
    <div className={styles.panels} aria-hidden="true">
      {[1, 2, 3, 4, 5, 6].map((each) => (
        <div key={each} className={styles.ghost}>
          <Skeleton width={120} />
        </div>
      ))}
    </div>
  );
}
