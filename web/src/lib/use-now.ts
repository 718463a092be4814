import { useEffect, useState } from "react";

/** The time in ms, refreshed every `everyMs`, for "3 minutes ago" and running durations. */
export function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
