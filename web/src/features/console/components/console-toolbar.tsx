import { type KeyboardEvent, type Ref, useEffect, useEffectEvent } from "react";
import type { ConsoleWriter } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { useSearchText } from "@/lib/use-search-text";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/menu";
import { SearchField } from "@/ui/search-field";
import { Select } from "@/ui/select";
import type { ConsoleAddress } from "../address";
import type { TimeForm } from "../line";
import type { ConsolePreferences } from "../preferences";
import { writerName } from "../writers";
import styles from "./console.module.css";

interface ConsoleToolbarProps {
  address: ConsoleAddress;
  onAddress: (change: Partial<ConsoleAddress>) => void;
  writers: readonly ConsoleWriter[];
  preferences: ConsolePreferences;
  onPreferences: (change: Partial<ConsolePreferences>) => void;
  found: {
    total: number | null;
    atLeast: number;
    /** Which of them is the current one, from 1. */
    current: number | null;
    isSearching: boolean;
    message: string | null;
  } | null;
  onStep: (direction: "next" | "previous") => void;
  search: Ref<HTMLInputElement> & { current: HTMLInputElement | null };
  downloadUrl: string;
  copySelected: (() => void) | null;
}

const ALL = "*";

export function ConsoleToolbar(props: ConsoleToolbarProps) {
  const { address, onAddress, writers, preferences, onPreferences, found, search } = props;
  const m = useMessages();
  const [text, setText] = useSearchText(address.text, (next) => onAddress({ text: next }));
  const focus = () => {
    search.current?.focus();
    search.current?.select();
  };
  useShortcuts(
    {
      "/": { does: m.console.search, run: focus },
      n: { does: m.console.nextKey, run: () => props.onStep("next") },
      N: { does: m.console.previousKey, run: () => props.onStep("previous") },
    },
    { heading: m.console.output },
  );
  useFindKey(focus, search);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || text.trim() === "") return;
    if (text.trim() !== address.text) onAddress({ text: text.trim() });
    else props.onStep(event.shiftKey ? "previous" : "next");
  };
  const times: { value: TimeForm; label: string }[] = [
    { value: "off", label: m.console.timeOff },
    { value: "relative", label: m.console.timeRelative },
    { value: "clock", label: m.console.timeClock },
  ];
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={m.console.tools}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter in the field inside */}
      <div className={styles.search} onKeyDown={onKeyDown}>
        <SearchField
          ref={search}
          label={m.console.search}
          value={text}
          onChange={setText}
          shortcut="/"
        />
      </div>
      <Toggle
        label={m.console.caseSensitive}
        text="Aa"
        isOn={address.isCaseSensitive}
        onChange={(isCaseSensitive) => onAddress({ isCaseSensitive })}
      />
      <Toggle
        label={m.console.pattern}
        text=".*"
        isOn={address.isPattern}
        onChange={(isPattern) => onAddress({ isPattern })}
      />
      {found && address.text !== "" && (
        <>
          <IconButton
            icon="arrowUp"
            label={m.console.previous}
            onClick={() => props.onStep("previous")}
          />
          <IconButton
            icon="arrowDown"
            label={m.console.next}
            onClick={() => props.onStep("next")}
          />
          <Toggle
            label={m.console.matchesOnly}
            icon="filter"
            isOn={address.isMatchesOnly}
            onChange={(isMatchesOnly) => onAddress({ isMatchesOnly })}
          />
        </>
      )}
      {found && (
        <output className={found.message === null ? styles.found : styles.wrong}>
          {found.message ?? (found.isSearching ? m.console.searching : countOf(found, m))}
        </output>
      )}
      <div className={styles.end}>
        {props.copySelected && (
          <IconButton icon="copy" label={m.console.copySelected} onClick={props.copySelected} />
        )}
        <Toggle
          label={m.console.stderrOnly}
          text="stderr"
          isOn={address.isErrorOnly}
          onChange={(isErrorOnly) => onAddress({ isErrorOnly, line: undefined })}
        />
        {writers.length > 1 && (
          <Select
            label={m.console.writer}
            value={address.writer ?? ALL}
            options={[
              { value: ALL, label: m.console.allWriters(writers.length) },
              ...writers.map((one) => ({
                value: one.writer,
                label: writerName(one, m),
                detail: m.console.lines(one.num_lines),
              })),
            ]}
            onChange={(value) =>
              onAddress({ writer: value === ALL ? undefined : value, line: undefined })
            }
          />
        )}
        <Toggle
          label={m.console.wrap}
          icon="wrap"
          isOn={preferences.isWrapped}
          onChange={(isWrapped) => onPreferences({ isWrapped })}
        />
        <Menu
          label={m.console.time}
          align="end"
          trigger={<IconButton icon="clock" label={m.console.time} />}
          items={[
            { heading: m.console.time },
            ...times.map(({ value, label }) => ({
              label,
              isChecked: preferences.time === value,
              onSelect: () => onPreferences({ time: value }),
            })),
          ]}
        />
        <a
          className={styles.download}
          href={props.downloadUrl}
          download=""
          title={m.console.download}
          aria-label={m.console.download}
        >
          <Icon name="download" />
        </a>
      </div>
    </div>
  );
}

interface ToggleProps {
  label: string;
  text?: string;
  icon?: "filter" | "wrap";
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Toggle({ label, text, icon, isOn, onChange }: ToggleProps) {
  return (
    <button
      type="button"
      className={styles.toggle}
      aria-pressed={isOn}
      aria-label={label}
      title={label}
      onClick={() => onChange(!isOn)}
    >
      {icon ? <Icon name={icon} /> : text}
    </button>
  );
}

/** ⌘F and Ctrl-F look through the whole console; pressed in its field, they are the browser's. */
function useFindKey(focus: () => void, field: { current: HTMLInputElement | null }): void {
  const onKeyDown = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (event.key !== "f" || !(event.metaKey || event.ctrlKey) || event.shiftKey) return;
    if (document.activeElement === field.current) return;
    event.preventDefault();
    focus();
  });
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

function countOf(
  { total, atLeast, current }: NonNullable<ConsoleToolbarProps["found"]>,
  m: ReturnType<typeof useMessages>,
): string {
  if (total === 0) return m.console.noMatch;
  const of = total === null ? `${formatInteger(atLeast)}+` : formatInteger(total);
  return current === null ? m.console.matches(of) : m.console.matchOf(formatInteger(current), of);
}
