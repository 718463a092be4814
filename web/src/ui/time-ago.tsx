import { formatDate, formatDateTime, MISSING, relativeTime } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import type { Catalogue } from "@/lib/messages/en";
import { useNow } from "@/lib/use-now";

/** "3m ago", with the exact local time on hover. */
export function TimeAgo({ at }: { at: string | null }) {
  const m = useMessages();
  const now = useNow();
  if (at === null || at === "") return <>{MISSING}</>;
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {wording(at, now, m)}
    </time>
  );
}

function wording(at: string, now: number, m: Catalogue): string {
  const { unit, count } = relativeTime(at, now);
  switch (unit) {
    case "now":
      return m.time.now;
    case "date":
      return formatDate(at);
    default:
      return m.time[unit](count);
  }
}
