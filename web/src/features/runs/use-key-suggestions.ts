import { useState } from "react";
import type { ProjectRef } from "@/api/client";
import { useColumns } from "./queries";
import type { FilterLanguage } from "./use-filter-language";

const NONE: readonly string[] = [];

/** The keys that may be meant where the caret is, and which of them the arrow keys have reached. */
export function useKeySuggestions(
  project: ProjectRef,
  language: FilterLanguage | null,
  text: string,
  caret: number | null,
) {
  // Of another text or place, what was reached or put away means nothing.
  const [reached, setReached] = useState({ text, caret, active: -1, isAway: false });
  const isHere = reached.text === text && reached.caret === caret;
  const isAway = isHere && reached.isAway;
  const fragment = caret === null || isAway ? null : (language?.fragmentAt(text, caret) ?? null);
  const { data } = useColumns(project, fragment?.search ?? "", fragment !== null);
  const keys = fragment && language && data ? language.suggestedKeys(fragment, data.columns) : NONE;
  const active = isHere && reached.active in keys ? reached.active : null;
  const reach = (to: number) => setReached({ text, caret, active: to, isAway: false });
  return {
    keys,
    active,
    /** The text with the key in it, and where the caret goes. */
    accept: (key: string): [string, number] => {
      if (fragment === null) return [text, text.length];
      const after = text.slice(fragment.end).replace(/^ ?/, " ");
      return [text.slice(0, fragment.start) + key + after, fragment.start + key.length + 1];
    },
    /** What a key of the keyboard does here: nothing (null), something (true), or picks a key. */
    onKey: (name: string): true | string | null => {
      if (keys.length === 0) return null;
      const at = active ?? -1;
      switch (name) {
        case "ArrowDown":
          reach((at + 1) % keys.length);
          return true;
        case "ArrowUp":
          reach(at <= 0 ? keys.length - 1 : at - 1);
          return true;
        case "Escape":
          setReached({ text, caret, active: -1, isAway: true });
          return true;
        case "Tab":
          return keys[Math.max(at, 0)] ?? null;
        case "Enter":
          return keys[at] ?? null;
        default:
          return null;
      }
    },
  };
}
