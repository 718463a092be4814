interface StrokeSwatchProps {
  color: string;
  dash?: readonly number[] | undefined;
}

/** A short piece of a curve as it is drawn: colour and dashes. */
export function StrokeSwatch({ color, dash = [] }: StrokeSwatchProps) {
  return (
    <svg width="14" height="8" viewBox="0 0 14 8" aria-hidden="true" style={{ flex: "none" }}>
      <line
        x1="1.5"
        y1="4"
        x2="12.5"
        y2="4"
        stroke={color}
        strokeWidth="3"
        strokeLinecap={dash.length > 0 ? "butt" : "round"}
        strokeDasharray={dash.map((length) => length * 0.75).join(" ")}
      />
    </svg>
  );
}
