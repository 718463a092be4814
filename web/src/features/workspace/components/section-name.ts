import { assertNever } from "@/lib/assert-never";
import { useMessages } from "@/lib/i18n";
import type { Section } from "../sections";

export function useSectionName({ kind, name }: Pick<Section, "kind" | "name">): string {
  const m = useMessages();
  switch (kind) {
    case "pinned":
      return m.sections.pinned;
    case "custom":
      return m.sections.custom;
    case "media":
      return m.places.media;
    case "system":
      return m.workspace.system;
    case "history":
      return name ?? m.workspace.ungrouped;
    default:
      return assertNever(kind);
  }
}
