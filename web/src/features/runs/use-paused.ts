import { useEffect, useState } from "react";

/** Whether a text has been as it is for a moment: while it is written, nothing should jump. */
export function usePaused(text: string, delayMs = 400): boolean {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), delayMs);
    return () => clearTimeout(timer);
  }, [text, delayMs]);
  return paused === text;
}
