/** Any failure to load, in words: what happened, and what to do. */
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { useClient } from "@/api/client";
import { isForbidden, isNotFound, isUnavailable, ProblemError } from "@/api/problem";
import { useMessages } from "@/lib/i18n";
import { ErrorNotice, Notice } from "@/ui/notice";

interface ErrorViewProps {
  error: Error;
  onRetry: () => void;
  /** There is nothing else on the page: its title is the page's. */
  isPage?: boolean;
}

export function ErrorView({ error, onRetry, isPage = false }: ErrorViewProps) {
  const m = useMessages();
  if (isNotFound(error)) {
    return (
      <Notice
        title={m.errors.notFound}
        isPage={isPage}
        action={<Link to="/">{m.errors.goHome}</Link>}
      >
        {m.errors.notFoundHint}
      </Notice>
    );
  }
  if (isForbidden(error)) {
    return (
      <Notice
        title={m.errors.forbidden}
        isPage={isPage}
        action={<Link to="/">{m.errors.goHome}</Link>}
      >
        {error.message}
      </Notice>
    );
  }
  if (isUnavailable(error)) return <Unavailable error={error} onRetry={onRetry} isPage={isPage} />;
  const isFault = error instanceof ProblemError && error.status >= 500;
  return isFault ? (
    <ErrorNotice
      title={m.errors.fault}
      isPage={isPage}
      detail={m.errors.faultHint}
      said={error.message}
      onRetry={onRetry}
    />
  ) : (
    <ErrorNotice title={m.errors.title} isPage={isPage} detail={error.message} onRetry={onRetry} />
  );
}

const PROBE_EVERY_MS = 3000;

/** Asks now and then whether the server is back; the page itself is loaded once it is. */
function Unavailable({ error, onRetry, isPage = false }: ErrorViewProps) {
  const m = useMessages();
  const client = useClient();
  const probe = useEffectEvent(async () => {
    const answer = await client.getMe().catch((reason: unknown) => reason);
    if (!isUnavailable(answer)) onRetry();
  });
  useEffect(() => {
    const timer = setInterval(() => void probe(), PROBE_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <ErrorNotice
      title={m.errors.unreachable}
      isPage={isPage}
      detail={m.errors.unreachableHint}
      said={error instanceof ProblemError ? error.message : undefined}
      onRetry={onRetry}
    />
  );
}
