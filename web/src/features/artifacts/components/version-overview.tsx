/** What a version is, what it is called, and how it is used. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { ArtifactVersionDetail } from "@/api/artifacts";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { CodeBlock, CopyText } from "@/ui/code-block";
import { Segmented } from "@/ui/segmented";
import { TimeAgo } from "@/ui/time-ago";
import { numberOf, runstoneCode, shellCode, wandbCode } from "../model";
import { ChipsEditor } from "./chips-editor";
import { DescriptionEditor } from "./description-editor";
import { RunLink } from "./links";
import { useChangeWithUndo } from "./use-change-version";
import styles from "./version-overview.module.css";

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
        <dl className={styles.facts}>
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
          {version.links.length > 0 && (
            <Fact name={m.artifacts.links}>
              <Links version={version} />
            </Fact>
          )}
          <Fact name={m.artifacts.digest}>
            <CopyText text={version.digest} label={m.artifacts.copyDigest} />
          </Fact>
        </dl>
        <h3 className={styles.heading}>{m.artifacts.usage}</h3>
        <Usage version={version} />
      </div>
      <div className={styles.metadata}>{renderMetadata(version.metadata)}</div>
    </div>
  );
}

const CLIENTS = [
  { value: "wandb", label: "wandb", write: wandbCode },
  { value: "runstone", label: "runstone", write: runstoneCode },
  { value: "shell", label: "shell", write: shellCode },
] as const;

function Usage({ version }: { version: ArtifactVersionDetail }) {
  const m = useMessages();
  const [chosen, setChosen] = useState<(typeof CLIENTS)[number]["value"]>("wandb");
  const write = CLIENTS.find(({ value }) => value === chosen)?.write ?? wandbCode;
  return (
    <div className={styles.usage}>
      <Segmented label={m.artifacts.usage} options={CLIENTS} value={chosen} onChange={setChosen} />
      <CodeBlock code={write(version)} />
    </div>
  );
}

/** Its other places: where it was logged, where it is linked. */
function Links({ version }: { version: ArtifactVersionDetail }) {
  return (
    <span className={styles.places}>
      {version.links.map((link) => {
        const { entity, project, collection } = link;
        const number = numberOf(link);
        return (
          <Link
            key={`${entity}/${project}/${collection}`}
            to="/$entity/$project/artifacts/$type/$collection/$version"
            params={{ entity, project, type: version.type, collection, version: number }}
          >
            <bdi>{`${entity}/${project}/${collection}:${number}`}</bdi>
          </Link>
        );
      })}
    </span>
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
