/** Aliases as chips; those that only admins move have a lock. */
import { type KeyboardEvent, useState } from "react";
import type { RegistryAlias, RegistryRole } from "@/api/registry";
import { Icon } from "@/ui/icons";
import { canLink } from "../model";
import { useWords } from "../words/use-words";
import styles from "./registry.module.css";

/** It moves with every link. */
const LATEST = "latest";
const MAX_LENGTH = 128;

interface AliasChipProps {
  alias: RegistryAlias;
  /** Said behind the name, where it is not clear. */
  hasIndex?: boolean;
  onRemove?: (() => void) | undefined;
  /** What the cross does, where it does not take the alias away. */
  removeLabel?: string;
}

export function AliasChip({ alias, hasIndex = false, onRemove, removeLabel }: AliasChipProps) {
  const w = useWords();
  const { name, index, is_protected: isProtected } = alias;
  return (
    <span
      className={styles.alias}
      data-protected={isProtected}
      title={isProtected ? w.protected(name) : name}
    >
      {isProtected && <Icon name="lock" size={12} />}
      {isProtected && <span className="visually-hidden">{w.protected(name)}</span>}
      <span className={styles.aliasName} dir="auto" aria-hidden={isProtected || undefined}>
        {name}
      </span>
      {hasIndex && <span className={styles.aliasIndex}>v{index}</span>}
      {onRemove && (
        <button
          type="button"
          className={styles.cross}
          aria-label={removeLabel ?? w.takeAway(name)}
          onClick={onRemove}
        >
          <Icon name="close" size={10} />
        </button>
      )}
    </span>
  );
}

interface AliasEditorProps {
  aliases: readonly RegistryAlias[];
  /** `v3`. */
  version: string;
  role: RegistryRole;
  onAdd: (alias: string) => void;
  onRemove: (alias: string) => void;
}

/** What the person's role lets them do; the rest is only shown. */
export function AliasEditor({ aliases, version, role, onAdd, onRemove }: AliasEditorProps) {
  const w = useWords();
  const [text, setText] = useState<string | null>(null);
  const finish = () => {
    const name = text?.trim() ?? "";
    if (name !== "" && aliases.every((alias) => alias.name !== name)) onAdd(name);
    setText(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") finish();
    else if (event.key === "Escape") setText(null);
    else return;
    event.stopPropagation();
  };
  const mayMove = (alias: RegistryAlias) =>
    canLink(role) && alias.name !== LATEST && (!alias.is_protected || role === "admin");
  return (
    <span className={styles.chips}>
      {aliases.map((alias) => (
        <AliasChip
          key={alias.name}
          alias={alias}
          onRemove={mayMove(alias) ? () => onRemove(alias.name) : undefined}
        />
      ))}
      {canLink(role) && text === null && (
        <button
          type="button"
          className={styles.addChip}
          aria-label={w.addAlias(version)}
          onClick={() => setText("")}
        >
          <Icon name="plus" size={12} />
          {w.add}
        </button>
      )}
      {text !== null && (
        <input
          className={styles.chipField}
          aria-label={w.addAlias(version)}
          placeholder={w.add}
          // biome-ignore lint/a11y/noAutofocus: the person has just clicked to type
          autoFocus
          dir="auto"
          maxLength={MAX_LENGTH}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={finish}
        />
      )}
    </span>
  );
}
