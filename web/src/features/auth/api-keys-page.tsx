/** Making API keys and taking them back. */
import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import styles from "./api-keys.module.css";
import { ApiKeyTable, ApiKeyTableSkeleton } from "./components/api-key-table";
import { NewApiKeyForm } from "./components/new-api-key-form";
import { useApiKeys } from "./queries";

interface ApiKeysPageProps {
  /** undefined while it is not known yet. */
  username: string | undefined;
  serverUrl: string;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ApiKeysPage({ username, serverUrl, renderError }: ApiKeysPageProps) {
  const m = useMessages();
  const { data: keys, error, refetch } = useApiKeys(username);
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{m.apiKeys.title}</h1>
      <p className={styles.hint}>{m.apiKeys.hint}</p>
      <NewApiKeyForm serverUrl={serverUrl} keys={keys} />
      <h2 className={styles.subtitle}>{m.apiKeys.existing}</h2>
      {keys && keys.length > 0 && <ApiKeyTable keys={keys} />}
      {keys?.length === 0 && <p className={styles.hint}>{m.apiKeys.none}</p>}
      {!keys && (error ? renderError(error, () => void refetch()) : <ApiKeyTableSkeleton />)}
    </div>
  );
}
