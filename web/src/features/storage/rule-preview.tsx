/** What a rule would do now: what goes, what stays and why, and what that frees. */
import type { JudgedVersion, RetentionPreview } from "@/api/storage";
import { formatBytes } from "@/lib/format-bytes";
import { TimeAgo } from "@/ui/time-ago";
import { partOf } from "./model";
import styles from "./storage.module.css";
import type { Words } from "./words/en";
import { useWords } from "./words/use-words";

export function RulePreview({ preview }: { preview: RetentionPreview }) {
  const w = useWords();
  const names = preview.num_collections > 1;
  return (
    <div className={styles.preview}>
      <p className={styles.verdict} role="status">
        <strong>{w.retention.wouldFree(formatBytes(preview.freed_bytes))}</strong>
        <span>
          {w.retention.counts(preview.num_going, preview.num_staying)}
          {preview.logical_bytes > preview.freed_bytes &&
            ` ${w.retention.logical(formatBytes(preview.logical_bytes))}`}
        </span>
      </p>
      {preview.unknown.length > 0 && (
        <p className={styles.warning}>{w.retention.unknown(preview.unknown.join(", "))}</p>
      )}
      {preview.keeps_nothing && <p className={styles.warning}>{w.retention.keepsNothing}</p>}
      <div className={styles.lists}>
        <Versions
          title={w.retention.goes(preview.num_going)}
          empty={w.retention.nothingGoes}
          versions={preview.going}
          total={preview.num_going}
          names={names}
        />
        <Versions
          title={w.retention.stays(preview.num_staying)}
          empty={w.retention.nothingStays}
          versions={preview.staying}
          total={preview.num_staying}
          names={names}
          why={(version) => whyStays(version, preview, w)}
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
  const w = useWords();
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
        <p className={styles.none}>{w.retention.more(total - versions.length)}</p>
      )}
    </section>
  );
}

function whyStays(version: JudgedVersion, preview: RetentionPreview, w: Words): string {
  switch (version.reason) {
    case "linked":
      return w.retention.linked;
    case "in-use":
      return w.retention.inUse;
    case "run-is-live":
      return w.retention.runIsLive;
    case "no-values":
      return w.retention.noValues;
    case "last":
      return w.retention.last;
    default:
      return partOf(preview, version)?.replace(/^keep /, "") ?? "";
  }
}
