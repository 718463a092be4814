import { type MouseEvent, memo } from "react";
import type { ConsoleLine } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatDateTime, formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import type { Theme } from "@/lib/theme";
import { type AnsiStyle, visibleText } from "../ansi";
import { paintStyle } from "../ansi-palette";
import { markSpans, type Range } from "../highlight";
import { formatLineTime, lineTime, showLine, type TimeForm } from "../line";
import styles from "./console.module.css";

export interface RowLook {
  theme: Theme;
  time: TimeForm;
  startedAt: number;
  /** Room for the largest line number, in characters. */
  digits: number;
  /** Colours of writers, where there are several. */
  writers: ReadonlyMap<string, { colour: string; name: string }>;
  /** Lines of several writers stand together. */
  hasLabels: boolean;
  matcher: ((line: string) => Range[]) | null;
}

interface ConsoleRowProps {
  /** undefined while it loads, null where there is none. */
  line: ConsoleLine | null | undefined;
  position: number;
  look: RowLook;
  isSelected: boolean;
  isCurrent: boolean;
  href: string;
  onPick: (position: number, event: MouseEvent<HTMLAnchorElement>) => void;
  onWhole: (line: ConsoleLine) => void;
}

/** Memoised: scrolling draws the lines that come into view, not those that stay. */
export const ConsoleRow = memo(function ConsoleRow(props: ConsoleRowProps) {
  const { line, position, look, isSelected, isCurrent, href, onPick, onWhole } = props;
  const m = useMessages();
  const writer = line ? look.writers.get(line.writer) : undefined;
  const isError = line?.level === "error";
  return (
    <div
      className={classNames(styles.row, isSelected && styles.selected, isCurrent && styles.current)}
      data-line={position + 1}
    >
      <span className={styles.gutter}>
        {look.writers.size > 0 && (
          <span
            className={styles.writer}
            style={{ background: writer?.colour }}
            title={writer?.name}
          />
        )}
        <a
          className={classNames(styles.number, isError && styles.error)}
          style={{ width: `${look.digits}ch` }}
          href={href}
          title={isError ? m.console.stderr : undefined}
          aria-label={m.console.line(formatInteger(position + 1))}
          onClick={(event) => onPick(position, event)}
        >
          {position + 1}
        </a>
        {look.hasLabels && <span className={styles.label}>{writer?.name}</span>}
        {look.time !== "off" && (
          <time
            className={classNames(styles.time, styles[look.time])}
            title={line?.at ? formatDateTime(lineTime(line.at)) : undefined}
          >
            {line ? formatLineTime(line.at, look.time, look.startedAt) : ""}
          </time>
        )}
      </span>
      {line === undefined ? (
        <span className={styles.ghost} style={{ width: `${12 + ((position * 37) % 40)}ch` }} />
      ) : (
        line && <LineText line={line} look={look} onWhole={onWhole} />
      )}
    </div>
  );
});

function LineText({
  line,
  look,
  onWhole,
}: {
  line: ConsoleLine;
  look: RowLook;
  onWhole: (line: ConsoleLine) => void;
}) {
  const m = useMessages();
  const { spans, isCut } = showLine(line.text);
  const ranges = look.matcher?.(visibleText(spans)) ?? [];
  return (
    <>
      <span className={styles.text} data-text="">
        {markSpans(spans, ranges).map(({ text, style, isMatch }, i) => {
          const Part = isMatch ? "mark" : "span";
          return (
            <Part
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no identity but their place
              key={i}
              className={style ? styleClass(style) : undefined}
              style={style && !isMatch ? paintStyle(style, look.theme) : {}}
            >
              {text}
            </Part>
          );
        })}
      </span>
      {isCut && (
        <button type="button" className={styles.whole} onClick={() => onWhole(line)}>
          {m.console.showWhole(formatInteger(line.text.length))}
        </button>
      )}
    </>
  );
}

function styleClass(style: AnsiStyle): string {
  return classNames(
    style.isBold && styles.bold,
    style.isDim && styles.dim,
    style.isItalic && styles.italic,
    style.isUnderlined && styles.underlined,
    style.isStruck && styles.struck,
  );
}
