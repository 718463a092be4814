/** A run's console: search and choices above, the lines below. */
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { ConsoleLine, ConsoleWriter } from "@/api/types";
import { copyText } from "@/lib/copy-text";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { useTheme } from "@/lib/theme";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Notice } from "@/ui/notice";
import { useToast } from "@/ui/toast";
import { useCopy } from "@/ui/use-copy";
import type { ConsoleAddress } from "../address";
import { parseLine, visibleText } from "../ansi";
import { findNext, findPrevious } from "../find";
import { matcherOf } from "../highlight";
import { usePreferences } from "../preferences";
import { isAsking, useConsoleExtent, useConsoleSearch } from "../queries";
import { formatRange, parseRange } from "../window";
import { writerLooks } from "../writers";
import styles from "./console.module.css";
import { ConsoleScreen, type LineSource, type ScreenHandle } from "./console-screen";
import { ConsoleSkeleton } from "./console-skeleton";
import { ConsoleToolbar } from "./console-toolbar";

export interface ConsoleViewProps {
  runRef: RunRef;
  /** Of the run as it is known now; undefined while it loads. */
  seq: number | undefined;
  isLive: boolean;
  /** When the run began, in ms: what relative times count from. */
  startedAt: number;
  address: ConsoleAddress;
  onAddress: (change: Partial<ConsoleAddress>) => void;
  /** A link to some lines as they are here. */
  hrefOf: (line: string) => string;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ConsoleView(props: ConsoleViewProps) {
  const { runRef, seq, isLive, address } = props;
  const m = useMessages();
  const extent = useConsoleExtent(runRef, address.writer, seq);
  if (extent.error && !extent.data) {
    return props.renderError(extent.error, () => void extent.refetch());
  }
  if (!extent.data) return <ConsoleSkeleton />;
  const { total, writers } = extent.data;
  if (total === 0 && writers.length === 0) {
    return (
      <Notice title={isLive ? m.console.emptyYet : m.console.empty}>
        {isLive ? m.console.emptyYetHint : m.console.emptyHint}
      </Notice>
    );
  }
  return <Console {...props} numLines={total} writers={writers} />;
}

interface ConsoleProps extends ConsoleViewProps {
  numLines: number;
  writers: readonly ConsoleWriter[];
}

function Console(props: ConsoleProps) {
  const { runRef, isLive, address, onAddress, numLines, writers, startedAt } = props;
  const m = useMessages();
  const client = useClient();
  const theme = useTheme();
  const toast = useToast();
  const field = useRef<HTMLInputElement>(null);
  const screen = useRef<ScreenHandle>(null);
  const [preferences, setPreferences] = usePreferences();
  const [current, setCurrent] = useState<number | null>(null);
  const [whole, setWhole] = useState<ConsoleLine | null>(null);
  const { text, isPattern, isCaseSensitive, isErrorOnly, writer } = address;

  const question = { text, isPattern, isCaseSensitive, isErrorOnly, writer };
  const found = useConsoleSearch(runRef, question, numLines);
  const isFiltered = isErrorOnly || (address.isMatchesOnly && text !== "");
  const source: LineSource = isFiltered
    ? { kind: "matches", matches: found.matches ?? [], onMore: found.loadMore }
    : { kind: "all", numLines };
  const selected = useMemo(() => parseRange(address.line), [address.line]);
  const look = useMemo(
    () => ({
      theme,
      time: preferences.time,
      startedAt,
      digits: Math.max(3, String(numLines).length),
      writers: writerLooks(writers, theme, m),
      hasLabels: writers.length > 1 && writer === undefined,
      matcher: matcherOf({ text, isPattern, isCaseSensitive }),
    }),
    [
      theme,
      preferences.time,
      startedAt,
      numLines,
      writers,
      writer,
      m,
      text,
      isPattern,
      isCaseSensitive,
    ],
  );

  // A new search shows its first match; a link to a line shows that line.
  const asked = JSON.stringify(question);
  const answered = useRef(address.line === undefined ? null : asked);
  const first = found.matches?.[0]?.line.position;
  const showFirst = useEffectEvent((answer: string, position: number) => {
    if (text === "" || answered.current === answer) return;
    answered.current = answer;
    setCurrent(position);
  });
  useEffect(() => {
    if (first !== undefined) showFirst(asked, first);
  }, [asked, first]);

  const step = async (direction: "next" | "previous") => {
    // The first match comes by itself.
    if (text === "" || found.isSearching) return;
    const from = current ?? (screen.current?.top() ?? 0) - 1;
    const positions = found.matches?.map(({ line }) => line.position) ?? [];
    const known = { positions, covered: found.covered };
    const position =
      direction === "next"
        ? await findNext(found.search, known, from + 1, numLines)
        : await findPrevious(found.search, known, Math.max(from, 0), numLines);
    if (position === null) return;
    setCurrent(position);
    screen.current?.show(position);
  };
  const onPick = (position: number, isRange: boolean) => {
    const anchor = isRange && selected ? selected.first : position;
    const range = { first: Math.min(anchor, position), last: Math.max(anchor, position) };
    const line = formatRange(range);
    // A line of a filtered list is wanted among its neighbours.
    onAddress({
      line: line === address.line ? undefined : line,
      ...(isFiltered && { isErrorOnly: false, isMatchesOnly: false }),
    });
  };
  const copySelected = async () => {
    if (!selected) return;
    const limit = Math.min(selected.last - selected.first + 1, MAX_COPIED);
    const { lines } = await client.readConsole(runRef, { writer, start: selected.first, limit });
    const plain = lines.map((line) => visibleText(parseLine(line.text)));
    if (await copyText(plain.join("\n"))) toast({ title: m.console.copied(plain.length) });
  };

  const atLeast = found.matches?.length ?? 0;
  const index = found.matches?.findIndex(({ line }) => line.position === current) ?? -1;
  const isNothing = isFiltered && found.matches?.length === 0 && !found.hasMore;
  return (
    <div className={styles.console}>
      <ConsoleToolbar
        address={address}
        onAddress={(change) => {
          if (isNewSearch(change)) setCurrent(null);
          onAddress(change);
        }}
        writers={writers}
        preferences={preferences}
        onPreferences={setPreferences}
        found={
          isAsking(question)
            ? {
                total: found.total,
                atLeast,
                current: index < 0 ? null : index + 1,
                isSearching: found.isSearching,
                message: found.error?.message ?? null,
              }
            : null
        }
        onStep={(direction) => void step(direction).catch(() => undefined)}
        search={field}
        downloadUrl={client.consoleUrl(runRef, writer)}
        copySelected={selected ? () => void copySelected() : null}
      />
      {isNothing ? (
        <Notice title={text === "" ? m.console.noErrors : m.console.noMatch} />
      ) : (
        <ConsoleScreen
          key={`${writer ?? "*"} ${isFiltered ? `${isErrorOnly} ${text}` : ""}`}
          runRef={runRef}
          writer={writer}
          source={source}
          look={look}
          isWrapped={preferences.isWrapped}
          isLive={isLive}
          selected={selected}
          current={current}
          handle={screen}
          hrefOf={(position) => props.hrefOf(String(position + 1))}
          onPick={onPick}
          onWhole={setWhole}
          renderError={props.renderError}
        />
      )}
      {whole && <WholeLine line={whole} onClose={() => setWhole(null)} />}
    </div>
  );
}

function isNewSearch(change: Partial<ConsoleAddress>): boolean {
  return "text" in change || "isPattern" in change || "isCaseSensitive" in change;
}

/** As many as the server gives at once. */
const MAX_COPIED = 5000;

function WholeLine({ line, onClose }: { line: ConsoleLine; onClose: () => void }) {
  const m = useMessages();
  const text = visibleText(parseLine(line.text));
  const { isCopied, copy } = useCopy(text);
  return (
    <Dialog
      title={m.console.line(formatInteger(line.position + 1))}
      isOpen
      onClose={onClose}
      size="large"
    >
      <Button onClick={copy}>{isCopied ? m.app.copied : m.app.copy}</Button>
      <pre className={styles.wholeText}>{text}</pre>
    </Dialog>
  );
}
