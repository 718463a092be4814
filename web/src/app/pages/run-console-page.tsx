/** What a run's processes wrote. */
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";

export function RunConsolePage() {
  const m = useMessages();
  return <Notice title={m.console.emptyTitle} />;
}
