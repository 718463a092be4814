/** Where a version comes from and where it went: read from top to bottom. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ArtifactRun, ArtifactVersionDetail } from "@/api/artifacts";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { StateMark } from "@/ui/state-mark";
import { Tag } from "@/ui/tag";
import { numberOf } from "../model";
import styles from "./artifacts.module.css";
import { RunLink } from "./versions-table";

export function Lineage({ version }: { version: ArtifactVersionDetail }) {
  const m = useMessages();
  const { logged_by, used_by, links } = version;
  return (
    <div className={styles.lineage}>
      <Step title={m.artifacts.loggedBy}>
        {logged_by ? (
          <RunLine run={logged_by} />
        ) : (
          <p className={styles.none}>{m.artifacts.noRun}</p>
        )}
      </Step>
      <Step title={m.artifacts.thisVersion} isHere>
        <p className={styles.line}>
          <bdi className={styles.here}>{`${version.collection}:${numberOf(version)}`}</bdi>
          {version.aliases.map((alias) => (
            <Tag key={alias}>{alias}</Tag>
          ))}
        </p>
      </Step>
      <Step title={m.artifacts.usedBy} count={used_by.length}>
        {used_by.length === 0 && <p className={styles.none}>{m.artifacts.notUsed}</p>}
        {used_by.map((run) => (
          <RunLine key={`${run.entity}/${run.project}/${run.id}`} run={run} />
        ))}
      </Step>
      {links.length > 0 && (
        <Step title={m.artifacts.links} count={links.length}>
          {links.map((link) => (
            <p key={`${link.entity}/${link.project}/${link.collection}`} className={styles.line}>
              <Link
                to="/$entity/$project/artifacts/$type/$collection/$version"
                params={{
                  entity: link.entity,
                  project: link.project,
                  type: version.type,
                  collection: link.collection,
                  version: numberOf(link),
                }}
              >
                <bdi>{`${link.entity}/${link.project}/${link.collection}:${numberOf(link)}`}</bdi>
              </Link>
              {link.aliases.map((alias) => (
                <Tag key={alias}>{alias}</Tag>
              ))}
            </p>
          ))}
        </Step>
      )}
    </div>
  );
}

interface StepProps {
  title: string;
  count?: number;
  isHere?: boolean;
  children: ReactNode;
}

function Step({ title, count = 0, isHere = false, children }: StepProps) {
  return (
    <section className={styles.step} data-here={isHere} aria-label={title}>
      <h3 className={styles.stepTitle}>
        {title}
        {count > 1 && <span className={styles.count}>{formatInteger(count)}</span>}
      </h3>
      {children}
    </section>
  );
}

function RunLine({ run }: { run: ArtifactRun }) {
  return (
    <p className={styles.line}>
      <StateMark state={run.state} />
      <RunLink run={run} />
      <span className={styles.where}>{`${run.entity}/${run.project}`}</span>
    </p>
  );
}
