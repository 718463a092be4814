/** How a person likes to read consoles; kept on this computer. */
import { useState } from "react";
import type { TimeForm } from "./line";

export interface ConsolePreferences {
  time: TimeForm;
  isWrapped: boolean;
}

const STORAGE_KEY = "runstone.console";

export function usePreferences() {
  const [preferences, setPreferences] = useState(read);
  const update = (change: Partial<ConsolePreferences>) => {
    const next = { ...preferences, ...change };
    setPreferences(next);
    try {
      localStorage.setItem(STORAGE_KEY, `${next.time} ${next.isWrapped ? "wrap" : "cut"}`);
    } catch {
      // Storage may be blocked; the choice then lasts as long as the page.
    }
  };
  return [preferences, update] as const;
}

function read(): ConsolePreferences {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(STORAGE_KEY);
  } catch {
    // As above.
  }
  const [time, wrap] = (kept ?? "").split(" ");
  return {
    time: time === "relative" || time === "clock" ? time : "off",
    isWrapped: wrap === "wrap",
  };
}
