import type { DeviceKind } from "./model";
import type { Words } from "./words/en";

const PROCESS = "process.";

/** A metric as people call it; one that is not known keeps its client's name. */
export function metricName(kind: DeviceKind, name: string, w: Words): string {
  const isOwn = name.startsWith(PROCESS);
  const plain = isOwn ? name.slice(PROCESS.length) : name;
  const names: Readonly<Record<string, string>> = w.names;
  const known = names[`${kind}.${plain}`] ?? plain;
  return isOwn ? w.ofProcess(known) : known;
}
