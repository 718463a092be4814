import type { ErrorComponentProps } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { BareShell } from "./shell/bare-shell";

/** A fault in the interface itself. */
export function CrashPage({ error }: ErrorComponentProps) {
  const m = useMessages();
  return (
    <BareShell>
      <Notice
        title={m.errors.crashed}
        action={<Button onClick={() => window.location.reload()}>{m.errors.reload}</Button>}
      >
        {m.errors.crashedHint}
        {error instanceof Error && <pre>{error.message}</pre>}
      </Notice>
    </BareShell>
  );
}
