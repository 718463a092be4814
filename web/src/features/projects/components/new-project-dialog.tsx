import { type FormEvent, useId, useState } from "react";
import type { Project } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/select";
import { TextField } from "@/ui/text-field";
import styles from "../projects.module.css";
import { useCreateProject } from "../queries";

interface NewProjectDialogProps {
  isOpen: boolean;
  /** Who may own it; the first is the person. */
  entities: readonly string[];
  onClose: () => void;
  onCreated: (project: Project) => void;
}

/** A project before its first run. A run would make its own: said, so that nobody does it twice. */
export function NewProjectDialog({ isOpen, onClose, ...rest }: NewProjectDialogProps) {
  const m = useMessages();
  const form = useId();
  const create = useCreateProject();
  return (
    <Dialog
      title={m.projects.create}
      isOpen={isOpen}
      onClose={() => {
        create.reset();
        onClose();
      }}
      footer={
        <>
          <Button onClick={onClose}>{m.projects.cancel}</Button>
          <Button type="submit" form={form} isPrimary disabled={create.isPending}>
            {m.projects.createNow}
          </Button>
        </>
      }
    >
      <Fields id={form} create={create} {...rest} />
    </Dialog>
  );
}

interface FieldsProps extends Pick<NewProjectDialogProps, "entities" | "onCreated"> {
  id: string;
  create: ReturnType<typeof useCreateProject>;
}

/** Begins anew each time the dialog opens. */
function Fields({ id, create, entities, onCreated }: FieldsProps) {
  const m = useMessages();
  const [entity, setEntity] = useState(entities[0] ?? "");
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    create.mutate(
      { entity: entity || null, name: name.trim(), description: description.trim() },
      { onSuccess: onCreated },
    );
  };
  return (
    <form id={id} className={styles.fields} onSubmit={onSubmit}>
      <p className={styles.fieldsHint}>{m.projects.createHint}</p>
      {entities.length > 1 && (
        <div className={styles.owner}>
          <span aria-hidden="true">{m.projects.owner}</span>
          <Select
            label={m.projects.owner}
            value={entity}
            options={entities.map((value) => ({ value, label: value }))}
            onChange={setEntity}
          />
        </div>
      )}
      <TextField
        label={m.projects.newName}
        value={name}
        onChange={setName}
        autoComplete="off"
        spellCheck={false}
        required
        error={create.error?.message}
      />
      <TextField
        label={m.projects.description}
        value={description}
        onChange={setDescription}
        autoComplete="off"
      />
    </form>
  );
}
