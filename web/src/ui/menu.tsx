/** Menus: a button's, and an element's own on right click. */
import { ContextMenu as BaseContextMenu } from "@base-ui/react/context-menu";
import { Menu as BaseMenu } from "@base-ui/react/menu";
import type { ReactElement } from "react";
import { classNames } from "@/lib/class-names";
import styles from "./floating.module.css";
import { Icon, type IconName } from "./icons";

export interface MenuItem {
  label: string;
  icon?: IconName | undefined;
  /** Keys that do the same, as they are read: `⇧P`. */
  shortcut?: string | undefined;
  onSelect?: (() => void) | undefined;
  /** A link instead of an action. */
  href?: string | undefined;
  isDanger?: boolean | undefined;
  isDisabled?: boolean | undefined;
  /** The item is one that is on or off. */
  isChecked?: boolean | undefined;
}

export type MenuEntry = MenuItem | { heading: string } | "separator";

interface MenuProps {
  label: string;
  /** A button. */
  trigger: ReactElement;
  items: readonly MenuEntry[];
  align?: "start" | "center" | "end";
  onOpenChange?: (isOpen: boolean) => void;
}

export function Menu({ label, trigger, items, align = "start", onOpenChange }: MenuProps) {
  return (
    <BaseMenu.Root modal={false} onOpenChange={(isOpen) => onOpenChange?.(isOpen)}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={styles.positioner} sideOffset={4} align={align}>
          <Entries label={label} items={items} />
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

interface ContextMenuProps {
  label: string;
  items: readonly MenuEntry[];
  /** The element that is right-clicked, or pressed long. */
  children: ReactElement;
}

export function ContextMenu({ label, items, children }: ContextMenuProps) {
  return (
    <BaseContextMenu.Root>
      <BaseContextMenu.Trigger render={children} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={styles.positioner}>
          <Entries label={label} items={items} />
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseContextMenu.Root>
  );
}

function Entries({ label, items }: { label: string; items: readonly MenuEntry[] }) {
  const hasMarks = items.some(
    (item) =>
      item !== "separator" && "label" in item && (item.icon || item.isChecked !== undefined),
  );
  return (
    <BaseMenu.Popup
      className={classNames(styles.popup, !hasMarks && styles.plain)}
      aria-label={label}
    >
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
        <Entry key={index} entry={item} hasMarks={hasMarks} />
      ))}
    </BaseMenu.Popup>
  );
}

function Entry({ entry, hasMarks }: { entry: MenuEntry; hasMarks: boolean }) {
  if (entry === "separator") return <BaseMenu.Separator className={styles.separator} />;
  if ("heading" in entry) return <div className={styles.heading}>{entry.heading}</div>;
  const { label, icon, shortcut, onSelect, href, isDanger, isDisabled, isChecked } = entry;
  const className = classNames(styles.item, isDanger && styles.danger);
  const content = (
    <>
      {hasMarks && (isChecked ? <Icon name="check" /> : icon ? <Icon name={icon} /> : <span />)}
      <span className={styles.label}>{label}</span>
      {shortcut && <kbd className={styles.shortcut}>{shortcut}</kbd>}
    </>
  );
  if (href !== undefined) {
    return (
      <BaseMenu.LinkItem className={className} href={href} closeOnClick>
        {content}
      </BaseMenu.LinkItem>
    );
  }
  if (isChecked !== undefined) {
    return (
      <BaseMenu.CheckboxItem
        className={className}
        checked={isChecked}
        disabled={isDisabled === true}
        closeOnClick
        onCheckedChange={() => onSelect?.()}
      >
        {content}
      </BaseMenu.CheckboxItem>
    );
  }
  return (
    <BaseMenu.Item
      className={className}
      disabled={isDisabled === true}
      onClick={() => onSelect?.()}
    >
      {content}
    </BaseMenu.Item>
  );
}
