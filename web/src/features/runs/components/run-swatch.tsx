import { StrokeSwatch } from "@/charts/stroke-swatch";
import { type ColouredRun, runColour } from "@/lib/run-colour";
import { useTheme } from "@/lib/theme";

interface RunSwatchProps {
  run: ColouredRun;
  dash?: readonly number[] | undefined;
  isHidden?: boolean;
}

/** A run's stroke as its curves have it: colour and dashes. */
export function RunSwatch({ run, dash, isHidden = false }: RunSwatchProps) {
  const theme = useTheme();
  return (
    <StrokeSwatch color={isHidden ? "var(--line-strong)" : runColour(run)[theme]} dash={dash} />
  );
}
