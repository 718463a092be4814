/** The way from a collection to the rule that says which of its versions are kept. */
import { useState } from "react";
import type { CollectionRef } from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useCollectionRetention } from "./queries";
import { RuleEditor } from "./rule-editor";
import styles from "./storage.module.css";

export function RetentionButton({ collection }: { collection: CollectionRef }) {
  const m = useMessages();
  const [isOpen, setOpen] = useState(false);
  const { data } = useCollectionRetention(collection);
  if (!data) return null;
  const { rule, project_rules: others } = data;
  const inForce = rule?.is_on ? rule : others.find((other) => other.is_on);
  return (
    <>
      <Button
        title={inForce?.text ?? m.retention.off}
        data-on={inForce !== undefined}
        className={styles.entry}
        onClick={() => setOpen(true)}
      >
        {m.retention.title}
      </Button>
      {isOpen && (
        <Dialog
          title={m.retention.titleOf(collection.collection)}
          size="large"
          isOpen
          onClose={() => setOpen(false)}
        >
          {others.some((other) => other.is_on) && !rule?.is_on && (
            <p className={styles.aside}>{m.retention.ofProject}</p>
          )}
          <RuleEditor place={{ collection }} rule={rule} onDone={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}
