/** What an exit code says, as a message of the catalogue. Pure. */

export type ExitMeaning =
  | "success"
  | "error"
  | "usage"
  | "notFound"
  | "interrupted"
  | "killed"
  | "crashed"
  | "aborted"
  | "terminated"
  | "signal"
  | "other";

const MEANINGS = new Map<number, ExitMeaning>([
  [0, "success"],
  [1, "error"],
  [2, "usage"],
  [127, "notFound"],
  [130, "interrupted"],
  [134, "aborted"],
  [137, "killed"],
  [139, "crashed"],
  [143, "terminated"],
]);

/** @param code Python gives −9 for a signal where shells give 137. */
export function exitMeaning(code: number): ExitMeaning {
  const shell = code < 0 && code > -65 ? 128 - code : code;
  return MEANINGS.get(shell) ?? (shell > 128 && shell < 193 ? "signal" : "other");
}
