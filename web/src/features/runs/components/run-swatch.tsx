import { type ColouredRun, runColour } from "@/lib/run-colour";
import { useTheme } from "@/lib/theme";

interface RunSwatchProps {
  run: ColouredRun;
  dash?: readonly number[];
  isHidden?: boolean;
}

/** A run's stroke as its curves have it: colour and dashes. */
export function RunSwatch({ run, dash = [], isHidden = false }: RunSwatchProps) {
  const theme = useTheme();
  return (
    <svg width="14" height="8" viewBox="0 0 14 8" aria-hidden="true" style={{ flex: "none" }}>
      <line
        x1="1.5"
        y1="4"
        x2="12.5"
        y2="4"
        stroke={isHidden ? "var(--line-strong)" : runColour(run)[theme]}
        strokeWidth="3"
        strokeLinecap={dash.length > 0 ? "butt" : "round"}
        strokeDasharray={dash.map((length) => length * 0.75).join(" ")}
      />
    </svg>
  );
}
