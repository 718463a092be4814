/** A field and, below it, what it finds: the inside of the palette and of the breadcrumbs' menus. */
import { type MouseEvent, type Ref, useId } from "react";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import type { Found } from "../model";
import styles from "../palette.module.css";
import { useOptionKeys } from "../use-option-keys";
import { type ListedGroup, OptionList, optionElementId } from "./option-list";

interface FinderProps {
  label: string;
  placeholder: string;
  query: string;
  onQuery: (query: string) => void;
  groups: readonly ListedGroup[];
  /** More may come: "nothing found" would be premature. */
  isLoading: boolean;
  /** What to say where something could not be asked. */
  problem?: string | undefined;
  onPick: (found: Found, isNewTab: boolean) => void;
  ref?: Ref<HTMLInputElement>;
}

export function Finder(props: FinderProps) {
  const { label, placeholder, query, onQuery, groups, isLoading, problem, onPick, ref } = props;
  const m = useMessages();
  const id = useId();
  const found = groups.flatMap((group) => group.found);
  const { activeId, setActive, onKeyDown } = useOptionKeys(found, onPick);

  const onClick = (one: Found, event: MouseEvent) => {
    // The browser opens the link in another tab; nothing is left for us to do.
    if ("href" in one.option.does && (event.metaKey || event.ctrlKey || event.shiftKey)) return;
    event.preventDefault();
    onPick(one, false);
  };
  const isNothing = found.length === 0 && !isLoading && problem === undefined;
  return (
    <>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          ref={ref}
          className={styles.input}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={found.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={activeId === undefined ? undefined : optionElementId(id, activeId)}
          placeholder={placeholder}
          value={query}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setActive(undefined);
            onQuery(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
        {isLoading && <span className={styles.busy} aria-hidden="true" />}
      </div>
      <OptionList
        id={id}
        label={label}
        groups={groups}
        activeId={activeId}
        onActive={setActive}
        onPick={onClick}
      />
      {isNothing && <p className={styles.nothing}>{m.palette.nothing}</p>}
      {problem !== undefined && <p className={styles.nothing}>{problem}</p>}
      <output className="visually-hidden">{isLoading ? "" : m.palette.found(found.length)}</output>
    </>
  );
}
