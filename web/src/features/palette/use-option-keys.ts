import { type KeyboardEvent, useState } from "react";
import type { Found } from "./model";

/**
 * Arrow keys over a list while the focus stays in the field above it. The first option is chosen
 * until another is; what is typed begins anew.
 */
export function useOptionKeys(
  found: readonly Found[],
  onPick: (found: Found, isNewTab: boolean) => void,
) {
  const [chosen, setActive] = useState<string>();
  const index = Math.max(
    found.findIndex(({ option }) => option.id === chosen),
    0,
  );
  const active = found[index];

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends the composition of a syllable.
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setActive(found[(index + step + found.length) % found.length]?.option.id);
    }
    if (event.key === "Enter" && active) {
      event.preventDefault();
      onPick(active, event.metaKey || event.ctrlKey);
    }
  };
  return { activeId: active?.option.id, setActive, onKeyDown };
}
