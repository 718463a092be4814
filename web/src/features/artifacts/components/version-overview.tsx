/** What a version is, what it is called, and how it is used. */
import type { ReactNode } from "react";
import type { ArtifactVersionDetail, VersionChange } from "@/api/artifacts";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { CodeBlock, CopyText } from "@/ui/code-block";
import { TimeAgo } from "@/ui/time-ago";
import { useToast } from "@/ui/toast";
import { numberOf, usageCode } from "../model";
import { useChangeVersion } from "../queries";
import styles from "./artifacts.module.css";
import { ChipsEditor } from "./chips-editor";
import { DescriptionEditor } from "./description-editor";
import { RunLink } from "./versions-table";

interface VersionOverviewProps {
  version: ArtifactVersionDetail;
  renderMetadata: (metadata: Readonly<Record<string, unknown>>) => ReactNode;
}

const LATEST = "latest";

export function VersionOverview({ version, renderMetadata }: VersionOverviewProps) {
  const m = useMessages();
  const change = useChangeWithUndo(version);
  const { aliases, tags, description } = version;
  return (
    <div className={styles.overview}>
      <div className={styles.about}>
        <DescriptionEditor
          text={description}
          onSave={(text) => change({ description: text }, { description })}
        />
        <dl className={styles.list}>
          <Fact name={m.artifacts.aliases}>
            <ChipsEditor
              label={m.artifacts.newAlias}
              names={aliases}
              fixed={LATEST}
              onAdd={(alias) => change({ add_aliases: [alias] }, { remove_aliases: [alias] })}
              onRemove={(alias) => change({ remove_aliases: [alias] }, { add_aliases: [alias] })}
            />
          </Fact>
          <Fact name={m.artifacts.tags}>
            <ChipsEditor
              label={m.artifacts.newTag}
              names={tags}
              onAdd={(tag) => change({ tags: [...tags, tag] }, { tags })}
              onRemove={(tag) => change({ tags: tags.filter((other) => other !== tag) }, { tags })}
            />
          </Fact>
          <Fact name={m.artifacts.size}>
            {formatBytes(version.size_bytes)} · {m.files.count(version.num_files)}
          </Fact>
          <Fact name={m.artifacts.created}>
            <TimeAgo at={version.created_at} />
          </Fact>
          {version.logged_by && (
            <Fact name={m.artifacts.loggedBy}>
              <RunLink run={version.logged_by} />
            </Fact>
          )}
          <Fact name={m.artifacts.usedBy}>{formatInteger(version.used_by.length)}</Fact>
          <Fact name={m.artifacts.digest}>
            <CopyText text={version.digest} label={m.artifacts.copyDigest} />
          </Fact>
        </dl>
        <h3 className={styles.heading}>{m.artifacts.usage}</h3>
        <div className={styles.usage}>
          <CodeBlock code={usageCode(version)} />
        </div>
      </div>
      <div className={styles.metadata}>{renderMetadata(version.metadata)}</div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Saves a change, and says how it is taken back. */
function useChangeWithUndo(version: ArtifactVersionDetail) {
  const m = useMessages();
  const toast = useToast();
  const { mutate } = useChangeVersion({ ...version, version: numberOf(version) });
  const onError = (error: Error) =>
    toast({ kind: "error", title: m.artifacts.notSaved, detail: error.message });
  return (change: VersionChange, back: VersionChange) =>
    mutate(change, {
      onSuccess: () =>
        toast({
          title: change.add_aliases?.[0]
            ? m.artifacts.moved(change.add_aliases[0], numberOf(version))
            : m.artifacts.saved,
          action: { label: m.artifacts.undo, onClick: () => mutate(back, { onError }) },
        }),
      onError,
    });
}
