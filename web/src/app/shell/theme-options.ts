import type { Catalogue } from "@/lib/messages/en";
import type { ThemeChoice } from "@/lib/theme";
import type { IconName } from "@/ui/icons";

export function themeOptions(
  m: Catalogue,
): { value: ThemeChoice; label: string; icon: IconName }[] {
  return [
    { value: "system", label: m.theme.system, icon: "display" },
    { value: "light", label: m.theme.light, icon: "sun" },
    { value: "dark", label: m.theme.dark, icon: "moon" },
  ];
}
