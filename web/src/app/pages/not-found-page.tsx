import { Link } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";

export function NotFoundPage() {
  const m = useMessages();
  return (
    <Notice title={m.errors.notFound} action={<Link to="/">{m.errors.goHome}</Link>}>
      {m.errors.notFoundHint}
    </Notice>
  );
}
