import { copyText } from "@/lib/copy-text";
import { useMessages } from "@/lib/i18n";
import type { MenuEntry } from "@/ui/menu";
import { useToast } from "@/ui/toast";
import { panelId } from "../sections";
import type { PanelProps } from "./panel";

type Pinnable = Pick<PanelProps, "panel" | "isPinned" | "onPinPanel">;

/** What every panel's menu has, whatever is in it: to pin it, and to show it to somebody. */
export function usePanelEntries({ panel, isPinned, onPinPanel }: Pinnable): {
  pin: MenuEntry[];
  link: MenuEntry;
} {
  const m = useMessages();
  const toast = useToast();
  const copyLink = async () => {
    const address = new URL(window.location.href);
    address.searchParams.set("panel", panelId(panel));
    const isDone = await copyText(address.href);
    toast({ title: isDone ? m.chart.linkCopied : m.chart.copyFailed });
  };
  const pin: MenuEntry[] = onPinPanel
    ? [
        {
          label: isPinned ? m.chart.unpin : m.chart.pin,
          icon: "pin",
          onSelect: () => onPinPanel(panel),
        },
      ]
    : [];
  return { pin, link: { label: m.chart.copyLink, icon: "link", onSelect: () => void copyLink() } };
}
