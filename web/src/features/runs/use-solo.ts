import { useRef } from "react";
import { isSolo, SHOW_FIRST, showOnly, type Visibility } from "./visibility";

/** Shows one run alone, and the others again the second time. */
export function useSolo(visibility: Visibility, onVisibility: (next: Visibility) => void) {
  // Not in the address: a link to one run alone goes back to the usual ones.
  const before = useRef<Visibility | null>(null);
  return (id: string) => {
    if (isSolo(visibility, id)) {
      onVisibility(before.current ?? SHOW_FIRST);
      before.current = null;
      return;
    }
    if (visibility.only?.size !== 1) before.current = visibility;
    onVisibility(showOnly([id]));
  };
}
