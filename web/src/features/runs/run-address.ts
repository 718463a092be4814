import type { MouseEvent } from "react";
import type { RunRow } from "@/api/types";

/** Where a run's page is on this server. */
export function runAddress({ entity, project, id }: RunRow): string {
  const [owner, name, run] = [entity, project, id].map(encodeURIComponent);
  return `/${owner}/${name}/runs/${run}`;
}

/** A click that the page answers itself; with a key or another button it is the browser's. */
export function isPlainClick(event: MouseEvent): boolean {
  const { button, metaKey, ctrlKey, shiftKey, altKey } = event;
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}
