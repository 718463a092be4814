import { type FormEvent, useId, useState } from "react";
import type { ApiKey } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import styles from "../api-keys.module.css";
import { useCreateApiKey } from "../queries";

interface NewApiKeyFormProps {
  serverUrl: string;
  /** The keys there are; undefined while they load. */
  keys: readonly ApiKey[] | undefined;
}

/** A button that makes a key; then the key, this once, and where to put it. */
export function NewApiKeyForm({ serverUrl, keys }: NewApiKeyFormProps) {
  const m = useMessages();
  const id = useId();
  const create = useCreateApiKey();
  const [name, setName] = useState("");

  const made = create.data;
  const isRevoked = keys !== undefined && !keys.some(({ id }) => id === made?.key.id);
  if (made && !isRevoked) {
    const { key, secret } = made;
    const again = () => {
      create.reset();
      setName("");
    };
    return (
      <section className={styles.made} aria-live="polite" data-testid="new-api-key">
        <h2 className={styles.madeTitle}>{m.apiKeys.made(key.name)}</h2>
        <p className={styles.hint}>{m.apiKeys.once}</p>
        <CodeBlock code={secret} />
        <h3 className={styles.step}>{m.apiKeys.login}</h3>
        <CodeBlock code={`wandb login --host ${serverUrl}`} />
        <h3 className={styles.step}>{m.apiKeys.exports}</h3>
        <CodeBlock code={`export WANDB_BASE_URL=${serverUrl}\nexport WANDB_API_KEY=${secret}`} />
        <Button className={styles.again} onClick={again}>
          {m.apiKeys.another}
        </Button>
      </section>
    );
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(name.trim());
  };
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <label className={styles.label} htmlFor={id}>
        {m.apiKeys.nameLabel}
      </label>
      <div className={styles.formRow}>
        <input
          id={id}
          className={styles.input}
          maxLength={256}
          autoComplete="off"
          placeholder={m.apiKeys.namePlaceholder}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" isPrimary className={styles.create} disabled={create.isPending}>
          {create.isPending ? m.apiKeys.creating : m.apiKeys.create}
        </Button>
      </div>
      {create.error && (
        <p className={styles.error} role="alert">
          {create.error.message}
        </p>
      )}
    </form>
  );
}
