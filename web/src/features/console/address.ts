/** What of a console's view two people share. */
export interface ConsoleAddress {
  /** `120` or `120-140`. */
  line: string | undefined;
  text: string;
  isPattern: boolean;
  isCaseSensitive: boolean;
  /** Only the lines that match. */
  isMatchesOnly: boolean;
  isErrorOnly: boolean;
  writer: string | undefined;
}
