/** A fault in the interface itself: of one page, where the frame lives on, or of all of it. */
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import styles from "./crash-page.module.css";
import { MissingPageError } from "./lazy-page";
import { MissingPage } from "./missing-page";
import { BareShell } from "./shell/bare-shell";

/** In the page's place. Going elsewhere, by the rail or back, leaves it behind. */
export function CrashView({ error }: ErrorComponentProps) {
  const m = useMessages();
  if (error instanceof MissingPageError) return <MissingPage error={error} />;
  return (
    <div role="alert">
      <Notice
        title={m.errors.crashed}
        action={<Button onClick={() => window.location.reload()}>{m.errors.reload}</Button>}
      >
        {m.errors.crashedHint}
        {error instanceof Error && <pre className={styles.said}>{error.message}</pre>}
      </Notice>
    </div>
  );
}

/** Where not even the frame is left. */
export function CrashPage(props: ErrorComponentProps) {
  return (
    <BareShell>
      <CrashView {...props} />
    </BareShell>
  );
}
