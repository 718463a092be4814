import { Link } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { Notice } from "@/ui/notice";
import { BareShell } from "../shell/bare-shell";

export function NotFoundPage() {
  const m = useMessages();
  useTitle(m.errors.noPage);
  return (
    <BareShell>
      <Notice title={m.errors.noPage} isPage action={<Link to="/">{m.errors.goHome}</Link>}>
        {m.errors.noPageHint}
      </Notice>
    </BareShell>
  );
}
