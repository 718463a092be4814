/** What a rule would do now: what goes, what stays and why, and what that frees. */
import type { JudgedVersion, RetentionPreview } from "@/api/storage";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import type { Catalogue } from "@/lib/messages/en";
import { TimeAgo } from "@/ui/time-ago";
import { partOf } from "./model";
import styles from "./storage.module.css";

export function RulePreview({ preview }: { preview: RetentionPreview }) {
  const m = useMessages();
  const names = preview.num_collections > 1;
  return (
    <div className={styles.preview}>
      <p className={styles.verdict} role="status">
        <strong>{m.retention.wouldFree(formatBytes(preview.freed_bytes))}</strong>
        <span>
          {m.retention.counts(preview.num_going, preview.num_staying)}
          {preview.logical_bytes > preview.freed_bytes &&
            ` ${m.retention.logical(formatBytes(preview.logical_bytes))}`}
        </span>
      </p>
      {preview.unknown.length > 0 && (
        <p className={styles.warning}>{m.retention.unknown(preview.unknown.join(", "))}</p>
      )}
      {preview.keeps_nothing && <p className={styles.warning}>{m.retention.keepsNothing}</p>}
      <div className={styles.lists}>
        <Versions
          title={m.retention.goes(preview.num_going)}
          empty={m.retention.nothingGoes}
          versions={preview.going}
          total={preview.num_going}
          names={names}
        />
        <Versions
          title={m.retention.stays(preview.num_staying)}
          empty={m.retention.nothingStays}
          versions={preview.staying}
          total={preview.num_staying}
          names={names}
          why={(version) => whyStays(version, preview, m)}
        />
      </div>
    </div>
  );
}

interface VersionsProps {
  title: string;
  empty: string;
  versions: readonly JudgedVersion[];
  total: number;
  /** Versions of several collections: say whose. */
  names: boolean;
  why?: (version: JudgedVersion) => string;
}

function Versions({ title, empty, versions, total, names, why }: VersionsProps) {
  const m = useMessages();
  return (
    <section className={styles.versions} aria-label={title}>
      <h3>{title}</h3>
      {versions.length === 0 && <p className={styles.none}>{empty}</p>}
      <ul tabIndex={versions.length > 0 ? 0 : -1} aria-label={title}>
        {versions.map((version) => (
          <li key={`${version.collection}:${version.index}`}>
            <span className={styles.version}>
              {names && <bdi title={version.collection}>{version.collection}:</bdi>}v{version.index}
            </span>
            <span className={styles.why} title={why?.(version)}>
              {why ? why(version) : version.aliases.join(", ")}
            </span>
            <span className={styles.age}>
              <TimeAgo at={version.created_at} />
            </span>
            <span className={styles.bytes}>{formatBytes(version.size_bytes)}</span>
          </li>
        ))}
      </ul>
      {total > versions.length && (
        <p className={styles.none}>{m.retention.more(total - versions.length)}</p>
      )}
    </section>
  );
}

function whyStays(version: JudgedVersion, preview: RetentionPreview, m: Catalogue): string {
  switch (version.reason) {
    case "linked":
      return m.retention.linked;
    case "in-use":
      return m.retention.inUse;
    case "run-is-live":
      return m.retention.runIsLive;
    case "no-values":
      return m.retention.noValues;
    case "last":
      return m.retention.last;
    default:
      return partOf(preview, version)?.replace(/^keep /, "") ?? "";
  }
}
