import { type FormEvent, useId, useState } from "react";
import type { Registry, RegistryVisibility } from "@/api/registry";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import { TextField } from "@/ui/text-field";
import { readNames } from "../model";
import { useCreateRegistry } from "../queries";
import { useWords } from "../words/use-words";
import styles from "./registry.module.css";

interface NewRegistryDialogProps {
  /** Where one may be made; not empty. */
  organizations: readonly string[];
  onClose: () => void;
  onCreated: (registry: Registry) => void;
}

export function NewRegistryDialog({ organizations, onClose, onCreated }: NewRegistryDialogProps) {
  const w = useWords();
  const form = useId();
  const create = useCreateRegistry();
  const [organization, setOrganization] = useState(organizations[0] ?? "");
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [types, setTypes] = useState("");
  const [visibility, setVisibility] = useState<RegistryVisibility>("organization");
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    create.mutate(
      {
        organization,
        name: name.trim(),
        description: description.trim(),
        visibility,
        types: readNames(types),
      },
      { onSuccess: onCreated },
    );
  };
  return (
    <Dialog
      title={w.create}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button type="submit" form={form} isPrimary disabled={create.isPending}>
            {w.createNow}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={onSubmit}>
        {organizations.length > 1 && (
          <div className={styles.field}>
            <span className={styles.label} aria-hidden="true">
              {w.organization}
            </span>
            <Select
              label={w.organization}
              value={organization}
              options={organizations.map((value) => ({ value, label: value }))}
              onChange={setOrganization}
            />
          </div>
        )}
        <TextField
          label={w.name}
          value={name}
          onChange={setName}
          autoComplete="off"
          spellCheck={false}
          maxLength={113}
          required
          error={create.error?.message}
        />
        <TextField
          label={w.description}
          value={description}
          onChange={setDescription}
          autoComplete="off"
        />
        <div>
          <TextField
            label={w.types}
            value={types}
            onChange={setTypes}
            placeholder="model, dataset"
            autoComplete="off"
            spellCheck={false}
          />
          <p className={styles.hint}>{w.typesHint}</p>
        </div>
        <VisibilityField value={visibility} onChange={setVisibility} />
      </form>
    </Dialog>
  );
}

interface VisibilityFieldProps {
  value: RegistryVisibility;
  onChange: (visibility: RegistryVisibility) => void;
}

export function VisibilityField({ value, onChange }: VisibilityFieldProps) {
  const w = useWords();
  return (
    <div className={styles.field}>
      <span className={styles.label} aria-hidden="true">
        {w.visibility}
      </span>
      <Segmented
        label={w.visibility}
        value={value}
        options={[
          { value: "organization", label: w.visible.organization },
          { value: "restricted", label: w.visible.restricted },
        ]}
        onChange={onChange}
      />
      <p className={styles.hint}>{w.visibleHint[value]}</p>
    </div>
  );
}
