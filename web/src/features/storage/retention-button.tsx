/** The way from a collection to the rule that says which of its versions are kept. */
import { useState } from "react";
import type { CollectionRef } from "@/api/artifacts";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Skeleton } from "@/ui/skeleton";
import { useCollectionRetention } from "./queries";
import { RuleEditor } from "./rule-editor";
import styles from "./storage.module.css";
import { useWords } from "./words/use-words";

/** On a collection's page: says with a mark that a rule is on. */
export function RetentionButton({ collection }: { collection: CollectionRef }) {
  const w = useWords();
  const [isOpen, setOpen] = useState(false);
  const { data } = useCollectionRetention(collection);
  const inForce = [data?.rule, ...(data?.project_rules ?? [])].find((rule) => rule?.is_on);
  return (
    <>
      <Button
        title={inForce?.text ?? w.retention.off}
        data-on={inForce !== undefined}
        className={styles.entry}
        onClick={() => setOpen(true)}
      >
        {w.retention.title}
      </Button>
      {isOpen && <RetentionDialog collection={collection} onClose={() => setOpen(false)} />}
    </>
  );
}

interface RetentionDialogProps {
  collection: CollectionRef;
  onClose: () => void;
}

export function RetentionDialog({ collection, onClose }: RetentionDialogProps) {
  const w = useWords();
  const { data, error } = useCollectionRetention(collection);
  const isOfProject = data?.project_rules.some((rule) => rule.is_on) && !data.rule?.is_on;
  return (
    <Dialog
      title={w.retention.titleOf(collection.collection)}
      size="large"
      isOpen
      onClose={onClose}
    >
      {isOfProject && <p className={styles.aside}>{w.retention.ofProject}</p>}
      {!data && !error && <Skeleton width="60%" />}
      {error && !data && (
        <p className={styles.error} role="alert">
          {error.message}
        </p>
      )}
      {data && <RuleEditor place={{ collection }} rule={data.rule} onDone={onClose} />}
    </Dialog>
  );
}
