/** One version: its name, what can be done with it, and the parts of its page. */
import { type ReactNode, useState } from "react";
import type { ArtifactVersionDetail, VersionRef } from "@/api/artifacts";
import { isNotFound } from "@/api/problem";
import { copyText } from "@/lib/copy-text";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/menu";
import { Notice } from "@/ui/notice";
import { Segmented } from "@/ui/segmented";
import { useToast } from "@/ui/toast";
import { LineageView } from "../lineage/lineage-view";
import { numberOf, TABS, type Tab, versionName } from "../model";
import { useVersion } from "../queries";
import { DeleteDialog, UsedBy } from "./delete-dialog";
import { SkeletonLines } from "./skeleton-lines";
import { VersionOverview } from "./version-overview";
import styles from "./version-view.module.css";

interface VersionViewProps {
  versionRef: VersionRef;
  tab: Tab;
  onTab: (tab: Tab) => void;
  onGone: () => void;
  renderFiles: (version: ArtifactVersionDetail) => ReactNode;
  renderMetadata: (metadata: Readonly<Record<string, unknown>>) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
  /** What else can be done with a version. */
  actions: VersionActions;
}

export type VersionActions = (version: ArtifactVersionDetail) => readonly MenuItem[];

export function VersionView(props: VersionViewProps) {
  const { versionRef, tab, onTab, onGone } = props;
  const m = useMessages();
  const { data: version, error, refetch } = useVersion(versionRef);
  if (isNotFound(error)) {
    return (
      <Notice
        title={m.artifacts.gone}
        action={<Button onClick={onGone}>{m.artifacts.toLatest}</Button>}
      >
        {m.artifacts.goneHint(versionRef.version)}
      </Notice>
    );
  }
  if (error && !version) return props.renderError(error, () => void refetch());
  if (!version) {
    return <SkeletonLines widths={[180, 260, 220, 300]} />;
  }
  const names: Record<Tab, string> = {
    overview: m.artifacts.overview,
    files: m.artifacts.files,
    lineage: m.artifacts.lineage,
  };
  const name = `${version.collection}:${numberOf(version)}`;
  return (
    <article className={styles.version} aria-label={name}>
      <header className={styles.head}>
        <h2 className={styles.name} title={name}>
          <bdi>{name}</bdi>
        </h2>
        <Segmented
          label={m.artifacts.view}
          options={TABS.map((value) => ({ value, label: names[value] }))}
          value={tab}
          onChange={onTab}
        />
        <VersionMenu version={version} actions={props.actions(version)} onGone={onGone} />
      </header>
      <div className={styles.body}>
        {tab === "overview" && (
          <VersionOverview
            key={version.index}
            version={version}
            renderMetadata={props.renderMetadata}
          />
        )}
        {tab === "files" && props.renderFiles(version)}
        {tab === "lineage" && (
          <LineageView
            key={name}
            of={{ ...version, version: numberOf(version) }}
            renderError={props.renderError}
          />
        )}
      </div>
    </article>
  );
}

interface VersionMenuProps {
  version: ArtifactVersionDetail;
  actions: readonly MenuItem[];
  onGone: () => void;
}

function VersionMenu({ version, actions, onGone }: VersionMenuProps) {
  const m = useMessages();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const isLink = version.kind === "portfolio";
  const name = `${version.collection}:${numberOf(version)}`;
  const copy = (text: string) =>
    void copyText(text).then((isDone) => isDone && toast({ title: m.files.copied, detail: text }));
  return (
    <>
      <Menu
        label={m.artifacts.actions}
        align="end"
        trigger={<IconButton icon="more" label={m.artifacts.actions} />}
        items={[
          {
            label: m.artifacts.copyName,
            icon: "copy",
            onSelect: () => copy(versionName(version, version.index)),
          },
          ...actions,
          "separator",
          {
            label: isLink ? m.artifacts.unlink : m.artifacts.deleteVersion,
            icon: "trash",
            isDanger: true,
            onSelect: () => setAsking(true),
          },
        ]}
      />
      {isAsking && (
        <DeleteDialog
          collection={version}
          version={numberOf(version)}
          name={name}
          title={isLink ? m.artifacts.unlinkTitle(name) : m.artifacts.deleteTitle(name)}
          action={isLink ? m.artifacts.takeOut : m.artifacts.delete}
          onClose={() => setAsking(false)}
          onDeleted={onGone}
        >
          {version.aliases.length > 0 && (
            <p>{m.artifacts.losesAliases(version.aliases.join(", "))}</p>
          )}
          {!isLink && <UsedBy runs={version.used_by} />}
          <p>{isLink ? m.artifacts.unlinkHint : m.artifacts.deleteHint}</p>
        </DeleteDialog>
      )}
    </>
  );
}
