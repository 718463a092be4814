import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { Boundary } from "@/ui/boundary";
import { ErrorNotice } from "@/ui/notice";

/** A part of a page that may fail alone: what happened is said in its place, the rest lives on. */
export function PanelBoundary(props: { resetKey?: unknown; children: ReactNode }) {
  const m = useMessages();
  return (
    <Boundary
      resetKey={props.resetKey}
      fallback={(error, reset) => (
        <ErrorNotice
          title={m.errors.partCrashed}
          detail={m.errors.partCrashedHint}
          said={error.message}
          onRetry={reset}
        />
      )}
    >
      {props.children}
    </Boundary>
  );
}
