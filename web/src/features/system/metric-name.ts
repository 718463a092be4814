import type { Catalogue } from "@/lib/messages/en";
import type { DeviceKind } from "./model";

const PROCESS = "process.";

/** A metric as people call it; one that is not known keeps its client's name. */
export function metricName(kind: DeviceKind, name: string, m: Catalogue): string {
  const isOwn = name.startsWith(PROCESS);
  const plain = isOwn ? name.slice(PROCESS.length) : name;
  const names: Readonly<Record<string, string>> = m.system.names;
  const known = names[`${kind}.${plain}`] ?? plain;
  return isOwn ? m.system.ofProcess(known) : known;
}
