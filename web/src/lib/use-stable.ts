import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * The same function in every render that does what the latest one would: for handlers of memoised
 * rows, which must not all be drawn again for a new closure. Not to be called while rendering.
 */
export function useStable<Arguments extends unknown[], Result>(
  act: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args) => latest.current(...args), []);
}
