/** Any failure to load, in words: what happened, and what to do. */
import { Link } from "@tanstack/react-router";
import { isNotFound, UnreachableError } from "@/api/problem";
import { useMessages } from "@/lib/i18n";
import { ErrorNotice, Notice } from "@/ui/notice";

export function ErrorView({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const m = useMessages();
  if (isNotFound(error)) {
    return (
      <Notice title={m.errors.notFound} action={<Link to="/">{m.errors.goHome}</Link>}>
        {m.errors.notFoundHint}
      </Notice>
    );
  }
  if (error instanceof UnreachableError) {
    return (
      <ErrorNotice
        title={m.errors.unreachable}
        detail={m.errors.unreachableHint}
        onRetry={onRetry}
      />
    );
  }
  return <ErrorNotice title={m.errors.title} detail={error.message} onRetry={onRetry} />;
}
