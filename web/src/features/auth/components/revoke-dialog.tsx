import { useEffect, useRef } from "react";
import type { ApiKey } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { TimeAgo } from "@/ui/time-ago";
import styles from "../api-keys.module.css";
import { useRevokeApiKey } from "../queries";

/** Asked, since nothing can bring a key back: what stops working, and when it was last at work. */
export function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const m = useMessages();
  const dialog = useRef<HTMLDialogElement>(null);
  const revoke = useRevokeApiKey();
  const name = apiKey.name || `${apiKey.hint}…`;

  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={m.apiKeys.revokeTitle(name)}
      onClose={onClose}
    >
      <h2 className={styles.dialogTitle}>{m.apiKeys.revokeTitle(name)}</h2>
      <p>{m.apiKeys.revokeHint}</p>
      <p>
        {apiKey.last_used_at ? (
          <>
            {m.apiKeys.lastUsedAt} <TimeAgo at={apiKey.last_used_at} />.
          </>
        ) : (
          m.apiKeys.neverUsed
        )}
      </p>
      {revoke.error && (
        <p className={styles.error} role="alert">
          {revoke.error.message}
        </p>
      )}
      <div className={styles.dialogActions}>
        <Button onClick={onClose}>{m.apiKeys.keep}</Button>
        <Button
          isDanger
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(apiKey.id, { onSuccess: onClose })}
        >
          {revoke.isPending ? m.apiKeys.revoking : m.apiKeys.revokeNow}
        </Button>
      </div>
    </dialog>
  );
}
