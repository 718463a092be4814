import { type ReactNode, useState } from "react";
import type { ApiKey } from "@/api/types";
import { formatDateTime } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { TimeAgo } from "@/ui/time-ago";
import styles from "../api-keys.module.css";
import { RevokeDialog } from "./revoke-dialog";

export function ApiKeyTable({ keys }: { keys: readonly ApiKey[] }) {
  const m = useMessages();
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <>
      <TableFrame>
        {keys.map((key) => (
          <tr key={key.id} className={styles.row} data-testid="api-key">
            <td className={styles.name} title={key.name}>
              {key.name === "" ? (
                <span className={styles.unnamed}>{m.apiKeys.unnamed}</span>
              ) : (
                <bdi>{key.name}</bdi>
              )}
            </td>
            <td>
              <code>{key.hint}…</code>
            </td>
            <td className={styles.time}>
              <TimeAgo at={key.created_at} />
            </td>
            <td className={styles.time}>
              {key.last_used_at ? <TimeAgo at={key.last_used_at} /> : m.apiKeys.never}
            </td>
            <td className={styles.time}>
              <Expiry at={key.expires_at} />
            </td>
            <td className={styles.action}>
              <Button
                aria-label={m.apiKeys.revokeName(key.name || key.hint)}
                onClick={() => setRevoking(key)}
              >
                {m.apiKeys.revoke}
              </Button>
            </td>
          </tr>
        ))}
      </TableFrame>
      {revoking && <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

export function ApiKeyTableSkeleton() {
  return (
    <TableFrame>
      {[120, 90].map((width) => (
        <tr key={width} className={styles.row}>
          {[width, 100, 48, 48, 40, 50].map((cell) => (
            <td key={cell}>
              <Skeleton width={cell} />
            </td>
          ))}
        </tr>
      ))}
    </TableFrame>
  );
}

function TableFrame({ children }: { children: ReactNode }) {
  const m = useMessages();
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{m.apiKeys.name}</th>
            <th scope="col">{m.apiKeys.key}</th>
            <th scope="col">{m.apiKeys.created}</th>
            <th scope="col">{m.apiKeys.lastUsed}</th>
            <th scope="col">{m.apiKeys.expires}</th>
            <th scope="col">
              <span className="visually-hidden">{m.apiKeys.revoke}</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Expiry({ at }: { at: string | null }) {
  const m = useMessages();
  const now = useNow();
  if (at === null) return m.apiKeys.never;
  const isOver = Date.parse(at) <= now;
  const exact = formatDateTime(at);
  return (
    <time dateTime={at} title={exact} className={isOver ? styles.expired : undefined}>
      {isOver ? m.apiKeys.expired : exact.slice(0, 10)}
    </time>
  );
}
