import { formatInteger } from "../../format";

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, many: string): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}
