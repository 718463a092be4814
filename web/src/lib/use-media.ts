import { useSyncExternalStore } from "react";

/** Whether a media query holds, for what styles alone cannot decide. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** Where a panel beside another has no room. */
export const NARROW = "(max-width: 720px)";
