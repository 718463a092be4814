import { type ColouredRun, runColour } from "@/lib/run-colour";
import { useTheme } from "@/lib/theme";
import styles from "./compare-table.module.css";

/** The colour that a run has everywhere. */
export function RunDot({ run }: { run: ColouredRun }) {
  const theme = useTheme();
  return (
    <span className={styles.dot} style={{ background: runColour(run)[theme] }} aria-hidden="true" />
  );
}
