/** Options under headings, for a field that keeps the focus: the list follows its arrow keys. */
import { type MouseEvent, useEffect, useRef } from "react";
import { classNames } from "@/lib/class-names";
import { showKey } from "@/lib/keyboard";
import { Icon, type IconName } from "@/ui/icons";
import { type Found, markedParts, type OptionKind } from "../model";
import styles from "../palette.module.css";

export interface ListedGroup {
  /** null where there is but one. */
  heading: string | null;
  found: readonly Found[];
}

interface OptionListProps {
  id: string;
  label: string;
  groups: readonly ListedGroup[];
  activeId: string | undefined;
  onActive: (id: string) => void;
  onPick: (found: Found, event: MouseEvent) => void;
}

const ICONS: Readonly<Record<OptionKind, IconName>> = {
  run: "run",
  project: "projects",
  page: "enter",
  action: "action",
};

/** The id of an option's element, for `aria-activedescendant`. */
export function optionElementId(listId: string, optionId: string): string {
  return `${listId}-${optionId}`;
}

export function OptionList({ id, label, groups, activeId, onActive, onPick }: OptionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (activeId === undefined) return;
    document.getElementById(optionElementId(id, activeId))?.scrollIntoView({ block: "nearest" });
  }, [id, activeId]);
  return (
    <div ref={list} id={id} className={styles.list} role="listbox" aria-label={label}>
      {groups.map(({ heading, found }, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
        <div key={heading ?? index} role="group" aria-label={heading ?? label}>
          {heading !== null && (
            <div className={styles.heading} aria-hidden="true">
              {heading}
            </div>
          )}
          {found.map((one) => (
            <OptionRow
              key={one.option.id}
              elementId={optionElementId(id, one.option.id)}
              found={one}
              isActive={one.option.id === activeId}
              onActive={onActive}
              onPick={onPick}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionRowProps {
  elementId: string;
  found: Found;
  isActive: boolean;
  onActive: (id: string) => void;
  onPick: (found: Found, event: MouseEvent) => void;
}

function OptionRow({ elementId, found, isActive, onActive, onPick }: OptionRowProps) {
  const { option, marks } = found;
  const { label, detail, shortcut, kind, icon, does } = option;
  const shared = {
    id: elementId,
    role: "option",
    "aria-selected": isActive,
    className: classNames(styles.option, isActive && styles.active),
    tabIndex: -1,
    // Not on enter: the list may come to lie under a pointer that rests.
    onPointerMove: () => onActive(option.id),
    onClick: (event: MouseEvent) => onPick(found, event),
  };
  const content = (
    <>
      <Icon name={icon ?? ICONS[kind]} size={14} />
      <bdi className={styles.label} title={label}>
        {markedParts(label, marks).map(({ start, text, isMarked }) =>
          isMarked ? <mark key={start}>{text}</mark> : <span key={start}>{text}</span>,
        )}
      </bdi>
      {detail && <span className="visually-hidden">, </span>}
      {detail && <span className={styles.detail}>{detail}</span>}
      {shortcut && <kbd className={styles.key}>{showKey(shortcut)}</kbd>}
    </>
  );
  // A link, so that it opens elsewhere as links do.
  return "href" in does ? (
    <a {...shared} href={does.href}>
      {content}
    </a>
  ) : (
    <div {...shared}>{content}</div>
  );
}
