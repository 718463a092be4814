import { useEffect } from "react";

/** Names the browser tab: the most particular part first. */
export function useTitle(...parts: (string | undefined)[]): void {
  const title = [...parts, "Runstone"].filter((part) => part !== undefined).join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
