import { type FormEvent, useId, useState } from "react";
import type { Project } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/text-field";
import styles from "../projects.module.css";
import { useRenameProject } from "../queries";

/** Another name for a project, and what becomes of the old one. */
export function RenameProjectDialog({
  project,
  onClose,
}: {
  project: Project;
  onClose: () => void;
}) {
  const m = useMessages();
  const form = useId();
  const rename = useRenameProject();
  const [name, setName] = useState(project.name);
  const wanted = name.trim();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === "") return;
    if (wanted === project.name) onClose();
    else {
      const ref = { entity: project.entity, project: project.name };
      rename.mutate({ ref, name: wanted }, { onSuccess: onClose });
    }
  };
  return (
    <Dialog
      title={`${project.entity}/${project.name}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{m.projects.cancel}</Button>
          <Button
            type="submit"
            form={form}
            isPrimary
            disabled={rename.isPending || wanted === "" || wanted === project.name}
          >
            {m.projects.renameNow}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.fields} onSubmit={onSubmit}>
        <TextField
          label={m.projects.newName}
          value={name}
          onChange={setName}
          autoComplete="off"
          spellCheck={false}
          required
          error={rename.error?.message}
        />
        <p className={styles.fieldsHint}>{m.projects.renameHint}</p>
      </form>
    </Dialog>
  );
}
