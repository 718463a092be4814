import { useEffect, useEffectEvent, useState } from "react";

/**
 * A text field whose settled value lives elsewhere (the URL): typing is
 * immediate, the address follows when the typing pauses.
 */
export function useSearchText(settled: string, settle: (text: string) => void, delayMs = 180) {
  const [text, setText] = useState(settled);
  const [last, setLast] = useState(settled);
  // The address changed by other means (back button, a link): show that.
  if (settled !== last) {
    setLast(settled);
    if (settled !== text.trim()) setText(settled);
  }
  const onPause = useEffectEvent((value: string) => {
    if (value !== settled) settle(value);
  });
  useEffect(() => {
    const timer = setTimeout(() => onPause(text.trim()), delayMs);
    return () => clearTimeout(timer);
  }, [text, delayMs]);
  return [text, setText] as const;
}
