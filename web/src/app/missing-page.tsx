/** In place of a page whose code did not come. Nothing but loading the app again brings it. */
import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { useClient } from "@/api/client";
import { isUnavailable, UnreachableError } from "@/api/problem";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import styles from "./crash-page.module.css";
import { ErrorView } from "./error-view";

const RELOADED = "runstone-reloaded";
const NOT_AGAIN_MS = 60_000;

export function MissingPage({ error }: { error: Error }) {
  const m = useMessages();
  const client = useClient();
  const [found, setFound] = useState<"asking" | "away" | "broken">("asking");
  const look = useCallback(async () => {
    const answer = await client.getMe().catch((reason: unknown) => reason);
    if (isUnavailable(answer)) setFound("away");
    else if (mayReload()) window.location.reload();
    else setFound("broken");
  }, [client]);
  const lookAtOnce = useEffectEvent(() => void look());
  useEffect(() => lookAtOnce(), []);

  if (found === "asking") return null;
  if (found === "away") {
    return <ErrorView error={new UnreachableError(error)} onRetry={() => void look()} />;
  }
  return (
    <div role="alert">
      <Notice
        title={m.errors.pageMissing}
        action={<Button onClick={() => window.location.reload()}>{m.errors.reload}</Button>}
      >
        {m.errors.pageMissingHint}
        <pre className={styles.said}>{error.message}</pre>
      </Notice>
    </div>
  );
}

/** Loading again mostly helps; where it does not, once is enough. */
function mayReload(): boolean {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < NOT_AGAIN_MS) return false;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  return true;
}
