/** What happened in a registry, the newest first. */
import type { ReactNode } from "react";
import type { RegistryChangeKind, RegistryRef } from "@/api/registry";
import { Button } from "@/ui/button";
import { Icon, type IconName } from "@/ui/icons";
import { Notice } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { TimeAgo } from "@/ui/time-ago";
import { sentence } from "../model";
import { useRegistryChanges } from "../queries";
import { useWords } from "../words/use-words";
import styles from "./registry.module.css";

const ICONS: Readonly<Record<RegistryChangeKind, IconName>> = {
  created: "plus",
  renamed: "pencil",
  described: "pencil",
  visibility_changed: "eye",
  types_changed: "pencil",
  deleted: "trash",
  linked: "link",
  unlinked: "close",
  alias_set: "tag",
  alias_moved: "tag",
  alias_removed: "tag",
  alias_protected: "lock",
  alias_unprotected: "lock",
  member_added: "user",
  member_changed: "user",
  member_removed: "user",
  collection_created: "plus",
  collection_changed: "pencil",
  collection_deleted: "trash",
};

interface ChangeLogProps {
  registryRef: RegistryRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ChangeLog({ registryRef, renderError }: ChangeLogProps) {
  const w = useWords();
  const { changes, error, retry, more, isLoadingMore } = useRegistryChanges(registryRef);
  if (error && !changes) return renderError(error, retry);
  if (changes === undefined) return <Skeleton width={360} />;
  if (changes.length === 0) return <Notice title={w.noChanges} />;
  return (
    <>
      <ol className={styles.log} aria-label={w.changes}>
        {changes.map((change) => (
          <li key={change.id} className={styles.change}>
            <Icon name={ICONS[change.kind]} size={14} />
            <span className={styles.what}>
              <span className={styles.who}>{change.username}</span> {sentence(change, w)}
            </span>
            <span className={styles.when}>
              <TimeAgo at={change.at} />
            </span>
          </li>
        ))}
      </ol>
      {more && (
        <div className={styles.more}>
          <Button disabled={isLoadingMore} onClick={more}>
            {w.more}
          </Button>
        </div>
      )}
    </>
  );
}
