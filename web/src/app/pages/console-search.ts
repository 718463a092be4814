/** A console's address as the URL has it. */
import type { ConsoleAddress } from "@/features/console/address";

export interface ConsoleSearch {
  line?: string | undefined;
  q?: string | undefined;
  regex?: string | undefined;
  case?: string | undefined;
  only?: string | undefined;
  level?: string | undefined;
  writer?: string | undefined;
}

export function readConsoleAddress(search: ConsoleSearch): ConsoleAddress {
  return {
    line: search.line,
    text: search.q ?? "",
    isPattern: search.regex === "1",
    isCaseSensitive: search.case === "1",
    isMatchesOnly: search.only === "1",
    isErrorOnly: search.level === "error",
    writer: search.writer,
  };
}

export function writeConsoleAddress(address: ConsoleAddress): ConsoleSearch {
  const flag = (isOn: boolean) => (isOn ? "1" : undefined);
  return {
    line: address.line,
    q: address.text || undefined,
    regex: flag(address.isPattern),
    case: flag(address.isCaseSensitive),
    only: flag(address.isMatchesOnly),
    level: address.isErrorOnly ? "error" : undefined,
    writer: address.writer,
  };
}
