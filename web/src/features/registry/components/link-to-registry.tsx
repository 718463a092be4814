/** The way from a version's page into a registry: a dialog that links it. */
import { type FormEvent, useId, useState } from "react";
import type { VersionRef } from "@/api/artifacts";
import type { LinkedCollectionRef, Registry } from "@/api/registry";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Notice } from "@/ui/notice";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { TextField } from "@/ui/text-field";
import { useToast } from "@/ui/toast";
import { canLink, readNames } from "../model";
import { useLink, useLinkedCollections, useRegistries } from "../queries";
import { useWords } from "../words/use-words";
import styles from "./registry.module.css";

interface LinkToRegistryProps {
  source: VersionRef;
  type: string;
  onClose: () => void;
  onShow: (target: LinkedCollectionRef) => void;
}

export function LinkToRegistry({ source, type, onClose, onShow }: LinkToRegistryProps) {
  const w = useWords();
  const form = useId();
  const { data } = useRegistries();
  const fitting = data?.registries.filter(
    (one) => canLink(one.role) && (one.allows_any_type || one.types.includes(type)),
  );
  const link = useLink();
  const toast = useToast();
  const onLink = (target: LinkedCollectionRef, aliases: readonly string[]) =>
    link.mutate(
      { target, source, aliases },
      {
        onSuccess: (made) => {
          onClose();
          toast({
            title: w.linked(`${target.collection}:v${made.index}`),
            action: { label: w.show, onClick: () => onShow(target) },
          });
        },
      },
    );
  return (
    <Dialog
      title={w.linkTitle(`${source.collection}:${source.version}`)}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button type="submit" form={form} isPrimary disabled={link.isPending || !fitting?.length}>
            {w.linkNow}
          </Button>
        </>
      }
    >
      {fitting === undefined && <Skeleton width={280} />}
      {fitting?.length === 0 && <Notice title={w.noRegistry} />}
      {fitting && fitting.length > 0 && (
        <Fields
          id={form}
          registries={fitting}
          source={source}
          type={type}
          error={link.error?.message}
          onLink={onLink}
        />
      )}
    </Dialog>
  );
}

interface FieldsProps {
  id: string;
  /** Not empty. */
  registries: readonly Registry[];
  source: VersionRef;
  type: string;
  error: string | undefined;
  onLink: (target: LinkedCollectionRef, aliases: readonly string[]) => void;
}

function Fields({ id, registries, source, type, error, onLink }: FieldsProps) {
  const w = useWords();
  const list = useId();
  const [chosen, setChosen] = useState(0);
  const [collection, setCollection] = useState(source.collection);
  const [aliases, setAliases] = useState("");
  const registry = registries[chosen];
  const ref = { organization: registry?.organization ?? "", registry: registry?.name ?? "" };
  const { data: known } = useLinkedCollections(ref, registry !== undefined);
  const isOfOne = new Set(registries.map((one) => one.organization)).size === 1;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (collection.trim() === "") return;
    onLink({ ...ref, collection: collection.trim() }, readNames(aliases));
  };
  return (
    <form id={id} className={styles.form} onSubmit={onSubmit}>
      <p className={styles.muted}>{w.linkHint}</p>
      <div className={styles.field}>
        <span className={styles.label} aria-hidden="true">
          {w.registry}
        </span>
        <Select
          label={w.registry}
          value={String(chosen)}
          options={registries.map((one, index) => ({
            value: String(index),
            label: isOfOne ? one.name : `${one.organization}/${one.name}`,
          }))}
          onChange={(value) => setChosen(Number(value))}
        />
      </div>
      <TextField
        label={w.newOrExisting}
        value={collection}
        onChange={setCollection}
        list={list}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        required
        error={error}
      />
      <datalist id={list}>
        {known
          ?.filter((one) => one.type === type)
          .map(({ name }) => (
            <option key={name} value={name} />
          ))}
      </datalist>
      <TextField
        label={w.linkAliases}
        value={aliases}
        onChange={setAliases}
        placeholder="staging"
        autoComplete="off"
        spellCheck={false}
      />
    </form>
  );
}
