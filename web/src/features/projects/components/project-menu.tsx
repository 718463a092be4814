/** What can be done with a project from the list: rename, describe, link to it, delete it. */
import { useId, useState } from "react";
import type { Project } from "@/api/types";
import { copyText } from "@/lib/copy-text";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Menu } from "@/ui/menu";
import { TextField } from "@/ui/text-field";
import { useToast } from "@/ui/toast";
import styles from "../projects.module.css";
import { useDeleteProject, useDescribeProject } from "../queries";
import { RenameProjectDialog } from "./rename-project-dialog";

export function ProjectMenu({ project }: { project: Project }) {
  const m = useMessages();
  const toast = useToast();
  const { remove, restore } = useDeleteProject();
  const [isDescribing, setDescribing] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const ref = { entity: project.entity, project: project.name };
  const address = `${project.entity}/${project.name}`;

  const failed = (error: unknown) =>
    toast({ title: m.projects.notDone, detail: wordsOf(error), kind: "error" });
  // Promises, not callbacks: the row is gone, and this component with it, before the answer is.
  const undo = () => void restore.mutateAsync(ref).catch(failed);
  const onDelete = async () => {
    try {
      await remove.mutateAsync(ref);
    } catch (error) {
      failed(error);
      return;
    }
    toast({
      title: m.projects.deleted(address),
      detail: m.projects.deletedHint,
      action: { label: m.projects.undo, onClick: undo },
    });
  };
  const onCopy = () => void copyText(new URL(`/${address}`, window.location.href).href);
  return (
    <>
      <Menu
        label={m.projects.menu(address)}
        align="end"
        trigger={<IconButton icon="more" label={m.projects.menu(address)} />}
        items={[
          { label: m.projects.rename, icon: "pencil", onSelect: () => setRenaming(true) },
          { label: m.projects.describe, icon: "pencil", onSelect: () => setDescribing(true) },
          { label: m.projects.copyLink, icon: "link", onSelect: onCopy },
          "separator",
          {
            label: m.projects.delete,
            icon: "trash",
            isDanger: true,
            onSelect: () => void onDelete(),
          },
        ]}
      />
      {isRenaming && <RenameProjectDialog project={project} onClose={() => setRenaming(false)} />}
      {isDescribing && <DescribeDialog project={project} onClose={() => setDescribing(false)} />}
    </>
  );
}

function wordsOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

function DescribeDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const m = useMessages();
  const form = useId();
  const describe = useDescribeProject();
  const [description, setDescription] = useState(project.description);
  const ref = { entity: project.entity, project: project.name };
  return (
    <Dialog
      title={`${project.entity}/${project.name}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{m.projects.cancel}</Button>
          <Button type="submit" form={form} isPrimary disabled={describe.isPending}>
            {m.projects.save}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          describe.mutate({ ref, description: description.trim() }, { onSuccess: onClose });
        }}
      >
        <TextField
          label={m.projects.description}
          value={description}
          onChange={setDescription}
          autoComplete="off"
          error={describe.error?.message}
        />
      </form>
    </Dialog>
  );
}
