import { useSyncExternalStore } from "react";

/**
 * A number that grows when fonts have arrived. A canvas, unlike the page, does
 * not draw its text again by itself.
 */
export function useFontsVersion(): number {
  return useSyncExternalStore(subscribe, () => version);
}

let version = 0;

function subscribe(listener: () => void): () => void {
  const onLoaded = () => {
    version += 1;
    listener();
  };
  document.fonts.addEventListener("loadingdone", onLoaded);
  return () => document.fonts.removeEventListener("loadingdone", onLoaded);
}
