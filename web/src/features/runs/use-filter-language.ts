import { useEffect, useState } from "react";

export type FilterLanguage = typeof import("./filter-language");

let loaded: FilterLanguage | null = null;

/** What reads conditions, once it is wanted and there; without it the server does. */
export function useFilterLanguage(isWanted: boolean): FilterLanguage | null {
  const [language, setLanguage] = useState(loaded);
  const isLoading = isWanted && language === null;
  useEffect(() => {
    if (!isLoading) return;
    let isGone = false;
    import("./filter-language").then(
      (found) => {
        loaded = found;
        if (!isGone) setLanguage(found);
      },
      () => {
        // The server is away. Once it is back it reads conditions itself.
      },
    );
    return () => {
      isGone = true;
    };
  }, [isLoading]);
  return language;
}
