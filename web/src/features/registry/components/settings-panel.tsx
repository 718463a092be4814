/** What an administrator of a registry changes about it. */
import { type FormEvent, useState } from "react";
import type { Registry } from "@/api/registry";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Switch } from "@/ui/switch";
import { Tag } from "@/ui/tag";
import { TextField } from "@/ui/text-field";
import { useToast } from "@/ui/toast";
import { readNames } from "../model";
import { useDeleteRegistry, useProtect, useUpdateRegistry } from "../queries";
import { useWords } from "../words/use-words";
import { AliasChip } from "./alias-chips";
import { VisibilityField } from "./new-registry-dialog";
import styles from "./registry.module.css";

interface SettingsPanelProps {
  registry: Registry;
  onRenamed: (name: string) => void;
  onDeleted: () => void;
}

export function SettingsPanel({ registry, onRenamed, onDeleted }: SettingsPanelProps) {
  return (
    <>
      <AboutSection registry={registry} onRenamed={onRenamed} />
      <ProtectionSection registry={registry} />
      <DangerSection registry={registry} onDeleted={onDeleted} />
    </>
  );
}

function AboutSection({ registry, onRenamed }: Omit<SettingsPanelProps, "onDeleted">) {
  const w = useWords();
  const toast = useToast();
  const update = useUpdateRegistry({
    organization: registry.organization,
    registry: registry.name,
  });
  const [name, setName] = useState(registry.name);
  const [description, setDescription] = useState(registry.description);
  const [types, setTypes] = useState("");
  const [visibility, setVisibility] = useState(registry.visibility);
  const [anyType, setAnyType] = useState(registry.allows_any_type);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate(
      {
        name: name.trim(),
        description: description.trim(),
        visibility,
        allows_any_type: anyType,
        add_types: readNames(types),
      },
      {
        onSuccess: (changed) => {
          toast({ title: w.saved });
          if (changed.name !== registry.name) onRenamed(changed.name);
        },
      },
    );
  };
  return (
    <form className={styles.section} onSubmit={onSubmit}>
      <TextField
        label={w.name}
        value={name}
        onChange={setName}
        spellCheck={false}
        required
        error={update.error?.message}
      />
      <TextField label={w.description} value={description} onChange={setDescription} />
      <VisibilityField value={visibility} onChange={setVisibility} />
      <div className={styles.field}>
        <span className={styles.label}>{w.types}</span>
        <Switch label={w.anyType} checked={anyType} onChange={setAnyType} />
        <span className={styles.chips}>
          {registry.types.map((type) => (
            <Tag key={type}>{type}</Tag>
          ))}
        </span>
      </div>
      {!anyType && (
        <div>
          <TextField
            label={w.addTypes}
            value={types}
            onChange={setTypes}
            placeholder="model, dataset"
            spellCheck={false}
          />
          <p className={styles.hint}>{w.typesOnly}</p>
        </div>
      )}
      <div>
        <Button type="submit" isPrimary disabled={update.isPending || name.trim() === ""}>
          {w.save}
        </Button>
      </div>
    </form>
  );
}

function ProtectionSection({ registry }: { registry: Registry }) {
  const w = useWords();
  const [alias, setAlias] = useState("");
  const protect = useProtect({ organization: registry.organization, registry: registry.name });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (alias.trim() === "") return;
    protect.mutate({ alias: alias.trim(), isProtected: true }, { onSuccess: () => setAlias("") });
  };
  return (
    <section className={styles.section} aria-labelledby="protection">
      <h2 id="protection">{w.protection}</h2>
      <p className={styles.hint}>{w.protectionHint}</p>
      {registry.protected_aliases.length > 0 && (
        <span className={styles.chips}>
          {registry.protected_aliases.map((name) => (
            <AliasChip
              key={name}
              alias={{ name, index: 0, is_protected: true }}
              removeLabel={w.unprotect(name)}
              onRemove={() => protect.mutate({ alias: name, isProtected: false })}
            />
          ))}
        </span>
      )}
      <form className={styles.line} onSubmit={onSubmit}>
        <TextField
          label={w.protect}
          value={alias}
          onChange={setAlias}
          placeholder="production"
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          error={protect.error?.message}
        />
        <Button type="submit" disabled={protect.isPending || alias.trim() === ""}>
          {w.protectNow}
        </Button>
      </form>
    </section>
  );
}

function DangerSection({ registry, onDeleted }: Omit<SettingsPanelProps, "onRenamed">) {
  const w = useWords();
  const toast = useToast();
  const [typed, setTyped] = useState<string | null>(null);
  const remove = useDeleteRegistry({
    organization: registry.organization,
    registry: registry.name,
  });
  const close = () => setTyped(null);
  const onDelete = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        toast({ title: w.removed(registry.name) });
        onDeleted();
      },
      onError: (error) => toast({ kind: "error", title: w.failed, detail: error.message }),
    });
  return (
    <section className={styles.section} aria-labelledby="danger">
      <h2 id="danger">{w.danger}</h2>
      <p className={styles.hint}>{w.dangerHint}</p>
      <div>
        <Button isDanger onClick={() => setTyped("")}>
          {w.deleteRegistry}
        </Button>
      </div>
      {typed !== null && (
        <Dialog
          title={w.deleteTitle(registry.name)}
          isOpen
          onClose={close}
          footer={
            <>
              <Button onClick={close}>{w.cancel}</Button>
              <Button
                isDanger
                disabled={remove.isPending || typed !== registry.name}
                onClick={onDelete}
              >
                {w.deleteRegistry}
              </Button>
            </>
          }
        >
          <div className={styles.form}>
            <p>{w.dangerHint}</p>
            <TextField
              label={w.typeName(registry.name)}
              value={typed}
              onChange={setTyped}
              autoComplete="off"
              spellCheck={false}
            />
          </div>
        </Dialog>
      )}
    </section>
  );
}
