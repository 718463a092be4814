/** Renames, describes, tags a collection, gives it another type. Mistakes are said at their place. */
import { useState } from "react";
import type { ArtifactCollection, CollectionChange, CollectionRef } from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/text-field";
import { useToast } from "@/ui/toast";
import { useChangeCollection } from "../queries";
import { useWords } from "../words/use-words";
import { ChipsEditor } from "./chips-editor";
import styles from "./collection-dialog.module.css";

interface CollectionDialogProps {
  at: CollectionRef;
  collection: ArtifactCollection;
  onClose: () => void;
  onMoved: (place: { collection: string; type: string }) => void;
}

const MAX_NAME = 128;
const MAX_DESCRIPTION = 65_536;

export function CollectionDialog({ at, collection, onClose, onMoved }: CollectionDialogProps) {
  const m = useMessages();
  const w = useWords();
  const toast = useToast();
  const [name, setName] = useState(collection.name);
  const [type, setType] = useState(collection.type);
  const [description, setDescription] = useState(collection.description);
  const [tags, setTags] = useState<readonly string[]>(collection.tags);
  const { mutate, error, isPending, reset } = useChangeCollection(at);
  const change = changeOf(collection, { name: name.trim(), type: type.trim(), description, tags });
  const isUnchanged = Object.keys(change).length === 0;
  const save = () => {
    if (isUnchanged) return onClose();
    mutate(change, {
      onSuccess: (saved) => {
        toast({ title: w.edit.saved });
        onClose();
        if (saved.name !== collection.name || saved.type !== collection.type) {
          onMoved({ collection: saved.name, type: saved.type });
        }
      },
    });
  };
  const edit =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      reset();
      set(value);
    };
  return (
    <Dialog
      title={w.edit.title(collection.name)}
      isOpen
      size="medium"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{w.edit.cancel}</Button>
          <Button
            isPrimary
            disabled={isPending || name.trim() === "" || type.trim() === ""}
            onClick={save}
          >
            {w.edit.save}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label={w.edit.name}
          value={name}
          maxLength={MAX_NAME}
          dir="auto"
          error={error?.message}
          onChange={edit(setName)}
        />
        {name.trim() !== collection.name && <p className={styles.hint}>{w.edit.renameHint}</p>}
        <TextField
          label={w.edit.type}
          value={type}
          maxLength={MAX_NAME}
          dir="auto"
          onChange={edit(setType)}
        />
        {type.trim() !== collection.type && <p className={styles.hint}>{w.edit.typeHint}</p>}
        <label className={styles.label}>
          {w.edit.description}
          <textarea
            className={styles.text}
            rows={4}
            dir="auto"
            maxLength={MAX_DESCRIPTION}
            value={description}
            onChange={(event) => edit(setDescription)(event.currentTarget.value)}
          />
        </label>
        <div className={styles.label}>
          {m.artifacts.tags}
          <ChipsEditor
            label={w.edit.newTag}
            names={tags}
            onAdd={(tag) => edit(setTags)([...tags, tag])}
            onRemove={(tag) => edit(setTags)(tags.filter((other) => other !== tag))}
          />
        </div>
      </form>
    </Dialog>
  );
}

type Draft = Pick<ArtifactCollection, "name" | "type" | "description"> & {
  tags: readonly string[];
};

/** What was edited, and nothing else: others may have changed the rest meanwhile. */
function changeOf(old: ArtifactCollection, { name, type, description, tags }: Draft) {
  const change: CollectionChange = {};
  if (name !== old.name) change.name = name;
  if (type !== old.type) change.type = type;
  if (description !== old.description) change.description = description;
  if (tags.join("\n") !== old.tags.join("\n")) change.tags = [...tags];
  return change;
}
