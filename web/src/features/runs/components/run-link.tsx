import type { RunRow } from "@/api/types";
import { runName } from "@/lib/run-name";
import { isPlainClick, runAddress } from "../run-address";

interface RunLinkProps {
  run: RunRow;
  className: string | undefined;
  onOpen: (run: RunRow) => void;
  isFocusable?: boolean;
}

/**
 * A run's name as the way to its page. Not the router's own link: each of those watches where the
 * page is, and a list that scrolls makes and unmakes hundreds of them.
 */
export function RunLink({ run, className, onOpen, isFocusable = true }: RunLinkProps) {
  const name = runName(run);
  return (
    <a
      className={className}
      href={runAddress(run)}
      title={name}
      dir="auto"
      tabIndex={isFocusable ? 0 : -1}
      draggable={false}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        onOpen(run);
      }}
    >
      {name}
    </a>
  );
}
